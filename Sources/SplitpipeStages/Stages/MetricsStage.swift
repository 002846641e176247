import SplitpipeCore
import SplitpipeDetection
import SplitpipePipeline

/// Scores every frame's boxes against the truth, or against the unsplit model's.
struct MetricsStage: Stage {
  let detector: Detector
  let truth: Truth?
  let scores: ScoreBoard
  let maximumFrames: Int

  mutating func process(_ record: inout FrameRecord) async throws {
    guard scores.frames < maximumFrames else { return }
    let detections = try detector.detect(
      record.require(Slots.predictions), letterbox: record.require(Slots.letterbox))
    let objects: [TruthObject]?
    if let truth {
      let frame = try record.require(Slots.frame)
      objects = try truth.objects(
        forFrame: record.stamp.index, fileName: frame.fileName,
        size: PixelSize(width: frame.picture.width, height: frame.picture.height))
    } else if let reference = record[Slots.reference] {
      objects = TruthObject.unsplit(reference)
    } else {
      throw SplitpipeError(
        .usage,
        "metrics has nothing to score against: give --truth, or put the stage reference before it")
    }
    if let objects { scores.add(frame: record.stamp.index, detections, against: objects) }
  }
}

extension MetricsStage {
  static let name = "metrics"
  static let summary = "scores boxes by COCO's mAP"
  static let reads: SlotSet = [Slots.predictions, Slots.letterbox]
  static let uses: SlotSet = [Slots.reference, Slots.frame]
  static let options: [any AnyPipelineOption] = [frames]

  static let frames = PipelineOption<Int>(
    "frames", 1...100_000_000, default: 1_000_000,
    "frames scored at most; the records kept for it take about 2 kB each")

  init(_ context: RunContext, _ options: Options) throws {
    self.init(
      detector: try context.detector(.evaluation), truth: context.truth,
      scores: context.scores, maximumFrames: options[Self.frames])
  }
}
