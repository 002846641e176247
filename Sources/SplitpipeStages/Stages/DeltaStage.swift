import SplitpipeCodec
import SplitpipeCore
import SplitpipePipeline

/// Quantizes the frontier and measures what changed since the frame before, on values and codes.
struct DeltaStage: Stage {
  /// nil at 32 bits.
  let quantizer: Quantizer?
  let ledger: RunLedger
  var analyser = TemporalAnalyser()

  mutating func process(_ record: inout FrameRecord) async throws {
    let frontier = try record.require(Slots.frontier)
    let codes = try quantizer?.quantize(frontier)
    record[Slots.codes] = codes
    if let change = analyser.observe(frontier: frontier, quantized: codes) {
      record[Slots.change] = change
      ledger.changed(change)
    }
  }

  static let definition = StageDefinition<RunContext>(
    "delta", "quantizes the tensors and measures their change since the frame before",
    reads: [Slots.frontier.name], writes: [Slots.codes.name, Slots.change.name],
    make: .stage { context, _ in
      let bits = context.codec.bits
      return DeltaStage(
        quantizer: bits.isQuantized ? try Quantizer(bits: bits) : nil, ledger: context.ledger)
    })
}
