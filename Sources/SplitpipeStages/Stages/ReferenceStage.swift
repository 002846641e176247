import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipePipeline

/// Runs the same model uncut and unquantized on the same input; its boxes stand in for the truth.
struct ReferenceStage: Stage {
  static let name = "reference"
  static let summary = "runs the unsplit model, whose boxes stand in for the truth"
  static let reads: SlotSet = [Slots.input]
  static let writes: SlotSet = [Slots.reference]

  private let model: SplitModel
  private let detector: Detector

  init(_ context: RunContext, _ options: Options) throws {
    model = context.model
    detector = try context.model.detector(context.scoring)
  }

  static func takesPart(in context: RunContext) -> Bool { context.hasReference }

  mutating func process(_ record: inout FrameRecord) async throws {
    let input = try record.require(Slots.input)
    record[Slots.reference] = try detector.detect(
      model.runUnsplit(input), letterbox: input.letterbox)
  }
}
