import SplitpipeCodec
import SplitpipeCore
import SplitpipePipeline

/// Decides what a frame may lean on, quantizes the frontier accordingly, and measures what changed
/// since the frame before, on values and codes.
struct DeltaStage: Stage {
  var schedule: KeySchedule
  /// nil at 32 bits.
  var quantizer: FrameQuantizer?
  let ledger: RunLedger
  var analyser = TemporalAnalyser()

  mutating func process(_ record: inout FrameRecord) async throws {
    let frontier = try record.require(Slots.frontier)
    let dependency = schedule.dependency(for: frontier, of: record.stamp)
    let clampedBefore = quantizer?.clamped ?? 0
    let codes = try quantizer?.quantize(frontier, as: dependency)
    record[Slots.base] = dependency
    record[Slots.codes] = codes
    ledger.quantized(
      isKey: dependency == .key, clamped: (quantizer?.clamped ?? 0) - clampedBefore)
    if let change = analyser.observe(frontier: frontier, quantized: codes) {
      record[Slots.change] = change
      ledger.changed(change)
    }
  }

  static let definition = StageDefinition<RunContext>(
    "delta", "quantizes the tensors and measures their change since the frame before",
    reads: [Slots.frontier.name],
    writes: [Slots.codes.name, Slots.base.name, Slots.change.name],
    make: .stage { context, _ in
      let bits = context.codec.bits
      return DeltaStage(
        schedule: KeySchedule(
          codec: context.codec, quantizer: context.quantizer, interval: context.keyInterval,
          request: context.keyRequest),
        quantizer: bits.isQuantized
          ? try FrameQuantizer(settings: context.quantizer, bits: bits) : nil,
        ledger: context.ledger)
    })
}
