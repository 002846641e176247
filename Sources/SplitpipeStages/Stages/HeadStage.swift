import SplitpipeCore
import SplitpipePipeline

/// Runs the network up to the split.
struct HeadStage: Stage {
  let model: SplitModel
  let ledger: RunLedger

  mutating func process(_ record: inout FrameRecord) async throws {
    let size = try record.require(Slots.letterbox).input
    let head = try model.segment(.head, at: size)
    let tensors = try head.run([.bytes(record.require(Slots.input))])
    let frontier = Frontier(
      tensors: zip(head.outputNames, tensors).map { NamedTensor(name: $0, tensor: $1) })
    ledger.crossed(frontier)
    record[Slots.frontier] = frontier
  }
}

extension HeadStage {
  static let name = "head"
  static let summary = "runs the network up to the split"
  static let reads: SlotSet = [Slots.letterbox, Slots.input]
  static let writes: SlotSet = [Slots.frontier]

  init(_ context: RunContext, _ options: Options) {
    self.init(model: context.model, ledger: context.ledger)
  }
}
