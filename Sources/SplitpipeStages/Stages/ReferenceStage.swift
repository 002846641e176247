import SplitpipeCore
import SplitpipeDetection
import SplitpipeModel
import SplitpipePipeline

/// Runs the same model uncut and unquantized on the same input; its boxes stand in for the truth.
struct ReferenceStage: Stage {
  let model: SplitModel
  let detector: Detector

  mutating func process(_ record: inout FrameRecord) async throws {
    let letterbox = try record.require(Slots.letterbox)
    let whole = try model.segment(.unsplit, at: letterbox.input)
    guard let output = try whole.run([.bytes(record.require(Slots.input))]).first else {
      throw SplitpipeError(.badData, "\(model.model.name) has no output")
    }
    record[Slots.reference] = try detector.detect(output, letterbox: letterbox)
  }
}

extension ReferenceStage {
  static let name = "reference"
  static let summary = "runs the unsplit model, whose boxes stand in for the truth"
  static let reads: SlotSet = [Slots.input, Slots.letterbox]
  static let writes: SlotSet = [Slots.reference]

  static func takesPart(in context: RunContext) -> Bool { context.truth == nil }

  init(_ context: RunContext, _ options: Options) throws {
    self.init(model: context.model, detector: try context.detector(.evaluation))
  }
}
