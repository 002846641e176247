import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipePipeline

/// Reads the received bytes back into the frontier, as the far side of a link does. A packet of no
/// use leaves its frame without boxes; nothing else comes to harm.
struct RestoreStage: Stage {
  static let name = "restore"
  static let summary = "reads the received packet back into tensors"
  static let reads: SlotSet = [Slots.received]
  static let writes: SlotSet = [Slots.restored, Slots.letterbox, Slots.refusal]

  private var step: RestoreStep

  init(_ context: RunContext, _ options: Options) {
    step = RestoreStep(context.model, request: context.keyRequest)
  }

  mutating func process(_ record: inout FrameRecord) async throws {
    switch try step.restore(record.require(Slots.received)) {
    case .refused(let refusal): record[Slots.refusal] = refusal
    case .frame(let frame) where frame.stamp.index != record.stamp.index:
      throw SplitpipeError(
        .bug, "the packet of frame \(frame.stamp.index) came for frame \(record.stamp.index)")
    case .frame(let frame):
      record[Slots.restored] = frame.frontier
      record[Slots.letterbox] = frame.letterbox
    }
  }
}

/// Runs the network from the split to its output.
struct TailStage: Stage {
  static let name = "tail"
  static let summary = "runs the network from the split to its output"
  static let reads: SlotSet = [Slots.restored, Slots.letterbox]
  static let writes: SlotSet = [Slots.predictions]

  private let model: SplitModel

  init(_ context: RunContext, _ options: Options) { model = context.model }

  mutating func process(_ record: inout FrameRecord) async throws {
    guard let frontier = record[Slots.restored] else { return }
    record[Slots.predictions] = try model.runTail(
      frontier, at: record.require(Slots.letterbox).input)
  }
}

/// Turns predictions into the boxes a person looks at, and those that are scored where any are: the output is
/// scanned once for both.
struct DetectStage: Stage {
  static let name = "detect"
  static let summary = "turns predictions into boxes, overlapping ones suppressed"
  static let reads: SlotSet = [Slots.predictions, Slots.letterbox]
  static let uses: SlotSet = [Slots.frameSize]
  static let writes: SlotSet = [Slots.detections, Slots.scored, Slots.plausibility]
  static let options = BoxStageOptions.all

  private let detector: Detector
  /// nil where nothing is scored.
  private let scoring: DetectionSettings?
  /// The least confidence that anyone asks for.
  private let scanned: Float

  init(_ context: RunContext, _ options: Options) throws {
    let settings = BoxStageOptions.settings(options, classes: context.classes)
    detector = try context.model.detector(settings)
    scoring = context.isScored ? context.scoring : nil
    scanned = min(settings.confidence, scoring?.confidence ?? settings.confidence)
  }

  mutating func process(_ record: inout FrameRecord) async throws {
    guard let predictions = record[Slots.predictions] else { return }
    // The far side knows the picture as it is shown; boxes are wanted in its own pixels.
    let shown = try record.require(Slots.letterbox)
    let letterbox = record[Slots.frameSize].map { shown.mapping(to: $0) } ?? shown
    let candidates = try detector.candidates(
      in: predictions, letterbox: letterbox, confidence: scanned)
    if let scoring { record[Slots.scored] = candidates.detections(scoring) }
    record[Slots.detections] = candidates.detections(detector.settings)
    record[Slots.plausibility] = candidates.plausibility
  }
}
