import SplitpipeCodec
import SplitpipeCore
import SplitpipeModel
import SplitpipePipeline

/// Reads the received bytes back into the frontier, as the far side of a link would.
struct RestoreStage: Stage {
  let model: SplitModel
  var decoder: FrameDecoder
  let keyRequest: KeyRequest

  mutating func process(_ record: inout FrameRecord) async throws {
    let cut = try model.cut(at: record.require(Slots.letterbox).input)
    // After a refused packet, those that lean on it are lost too: only a key frame helps.
    defer { if decoder.refusal != nil { keyRequest.request() } }
    record[Slots.restored] = try decoder.decode(
      record.require(Slots.received),
      expecting: cut.frontier.map { TensorDescription(name: $0.name, shape: $0.shape) }
    ).frontier
  }
}

extension RestoreStage {
  static let name = "restore"
  static let summary = "reads the received packet back into tensors"
  static let reads: SlotSet = [Slots.received, Slots.letterbox]
  static let writes: SlotSet = [Slots.restored]

  init(_ context: RunContext, _ options: Options) {
    self.init(
      model: context.model, decoder: FrameDecoder(fingerprint: context.fingerprint),
      keyRequest: context.keyRequest)
  }
}
