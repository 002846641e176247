import SplitpipeCore
import SplitpipePipeline

/// Runs the network from the split to its output.
struct TailStage: Stage {
  let model: SplitModel

  mutating func process(_ record: inout FrameRecord) async throws {
    let frontier = try record.require(Slots.restored)
    let tail = try model.segment(.tail, at: record.require(Slots.letterbox).input)
    let inputs = try tail.inputNames.map { name in
      guard let tensor = frontier.tensors.first(where: { $0.name == name }) else {
        throw SplitpipeError(.bug, "the tail needs \"\(name)\", which did not cross the cut")
      }
      return InferenceInput.floats(tensor.tensor)
    }
    record[Slots.predictions] = try tail.run(inputs).first
  }
}

extension TailStage {
  static let name = "tail"
  static let summary = "runs the network from the split to its output"
  static let reads: SlotSet = [Slots.restored, Slots.letterbox]
  static let writes: SlotSet = [Slots.predictions]

  init(_ context: RunContext, _ options: Options) { self.init(model: context.model) }
}
