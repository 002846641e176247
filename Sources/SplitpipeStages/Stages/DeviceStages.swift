import SplitpipeCodec
import SplitpipeCore
import SplitpipeEndpoints
import SplitpipePipeline

/// Runs the network up to the split.
struct HeadStage: Stage {
  static let name = "head"
  static let summary = "runs the network up to the split"
  static let reads: SlotSet = [Slots.input]
  static let writes: SlotSet = [Slots.frontier]

  private let model: SplitModel

  init(_ context: RunContext, _ options: Options) { model = context.model }

  mutating func process(_ record: inout FrameRecord) async throws {
    record[Slots.frontier] = try model.runHead(record.require(Slots.input))
  }
}

/// Quantizes the frontier, and measures what changed since the frame before, on values and codes.
struct QuantizeStage: Stage {
  static let name = "quantize"
  static let summary = "quantizes the tensors and measures their change since the frame before"
  static let reads: SlotSet = [Slots.frontier, Slots.input]
  static let writes: SlotSet = [Slots.quantized, Slots.change]

  private var step: QuantizeStep
  private var analyser = TemporalAnalyser()

  init(_ context: RunContext, _ options: Options) throws {
    step = try QuantizeStep(context.coding, request: context.keyRequest)
  }

  mutating func process(_ record: inout FrameRecord) async throws {
    let frontier = try record.require(Slots.frontier)
    let quantized = try step.quantize(
      frontier, of: record.stamp, sizes: record.require(Slots.input).letterbox.sizes)
    record[Slots.quantized] = quantized
    record[Slots.change] = analyser.observe(frontier: frontier, quantized: quantized.codes)
  }
}

/// Codes the frame's tensors into one packet and serialises it.
struct EncodeStage: Stage {
  static let name = "encode"
  static let summary = "codes the tensors into one packet"
  static let reads: SlotSet = [Slots.frontier, Slots.quantized, Slots.input]
  static let writes: SlotSet = [Slots.packet, Slots.cost]

  private var step: EncodeStep

  init(_ context: RunContext, _ options: Options) {
    step = EncodeStep(context.coding.codec, fingerprint: context.model.fingerprint)
  }

  mutating func process(_ record: inout FrameRecord) async throws {
    let frontier = try record.require(Slots.frontier)
    let quantized = try record.require(Slots.quantized)
    let packet = try step.encode(
      quantized, frontier: frontier, of: record.stamp,
      sizes: record.require(Slots.input).letterbox.sizes)
    let bytes = packet.serialized()
    record[Slots.packet] = bytes
    record[Slots.cost] = PacketCost(
      rawBytes: frontier.rawBytes, wireBytes: bytes.count, isKey: quantized.dependency == .key,
      clamped: quantized.clamped)
  }
}
