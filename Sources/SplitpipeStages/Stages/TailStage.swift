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

  static let definition = StageDefinition<RunContext>(
    "tail", "runs the network from the split to its output",
    reads: [Slots.restored.name, Slots.letterbox.name], writes: [Slots.predictions.name],
    make: .stage { context, _ in TailStage(model: context.model) })
}
