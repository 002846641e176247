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

  static let definition = StageDefinition<RunContext>(
    "detect", "turns predictions into boxes, overlapping ones suppressed",
    reads: [Slots.predictions.name, Slots.letterbox.name], writes: [Slots.detections.name],
    options: [
      OptionSpecification(
        "confidence", .number(0.001...1), default: .number(0.25), "least confidence of a box"),
      OptionSpecification(
        "iou", .number(0...1), default: .number(0.45), "overlap above which the lesser box goes"),
    ],
    make: .stage { context, options in
      var settings = DetectionSettings.display
      settings.confidence = Float(options.number("confidence") ?? 0.25)
      settings.overlap = options.number("iou") ?? 0.45
      return DetectStage(detector: try context.detector(settings), ledger: context.ledger)
    })
}
