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

  static let definition = StageDefinition<RunContext>(
    "head", "runs the network up to the split",
    reads: [Slots.letterbox.name, Slots.input.name], writes: [Slots.frontier.name],
    make: .stage { context, _ in HeadStage(model: context.model, ledger: context.ledger) })
}
