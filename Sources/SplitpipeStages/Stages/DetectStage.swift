import SplitpipeCore
import SplitpipeDetection
import SplitpipePipeline

/// Turns predictions into the boxes a person looks at.
struct DetectStage: Stage {
  let detector: Detector
  let ledger: RunLedger

  mutating func process(_ record: inout FrameRecord) async throws {
    let detections = try detector.detect(
      record.require(Slots.predictions), letterbox: record.require(Slots.letterbox))
    ledger.found(detections)
    record[Slots.detections] = detections
  }
}

extension DetectStage {
  static let name = "detect"
  static let summary = "turns predictions into boxes, overlapping ones suppressed"
  static let reads: SlotSet = [Slots.predictions, Slots.letterbox]
  static let writes: SlotSet = [Slots.detections]
  static let options: [any AnyPipelineOption] = [confidence, overlap]

  static let confidence = PipelineOption<Double>(
    "confidence", 0.001...1, default: 0.25, "least confidence of a box")
  static let overlap = PipelineOption<Double>(
    "iou", 0...1, default: 0.45, "overlap above which the lesser box goes")

  init(_ context: RunContext, _ options: Options) throws {
    var settings = DetectionSettings.display
    settings.confidence = Float(options[Self.confidence])
    settings.overlap = options[Self.overlap]
    self.init(detector: try context.detector(settings), ledger: context.ledger)
  }
}
