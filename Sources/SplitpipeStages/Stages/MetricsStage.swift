import SplitpipeCore
import SplitpipeDetection
import SplitpipePipeline

/// Sets every frame's boxes beside the truth, or beside the unsplit model's. A frame whose packet was
/// refused has no boxes, and misses all that is there.
struct MetricsStage: Stage {
  static let name = "metrics"
  static let summary = "scores boxes by COCO's mAP"
  static let reads: SlotSet = [Slots.candidates]
  static let uses: SlotSet = [Slots.reference, Slots.frame]
  static let writes: SlotSet = [Slots.score]
  static let options: [any AnyPipelineOption] = [frames]

  private static let frames = PipelineOption<Int>(
    "frames", 1...100_000_000, default: 1_000_000,
    "frames scored at most; the records kept for it take about 2 kB each")

  private let truth: Truth?
  private let settings: DetectionSettings
  private let maximumFrames: Int
  private var scored = 0

  init(_ context: RunContext, _ options: Options) {
    truth = context.truth
    settings = context.scoring
    maximumFrames = options[Self.frames]
  }

  /// A network that runs whole would be scored against itself.
  static func takesPart(in context: RunContext) -> Bool { context.truth != nil || !context.isWhole }

  mutating func process(_ record: inout FrameRecord) async throws {
    guard scored < maximumFrames, let objects = try objects(in: record) else { return }
    scored += 1
    record[Slots.score] = ScoredFrame(
      detections: record[Slots.candidates]?.detections(settings) ?? [],
      objects: objects.filter { settings.keeps($0.classIndex) },
      isCovered: try truth?.covers(
        frame: record.stamp.index, fileName: record.require(Slots.frame).fileName) ?? true)
  }

  /// nil where the labels say nothing of the frame.
  private func objects(in record: FrameRecord) throws -> [TruthObject]? {
    if let truth {
      let frame = try record.require(Slots.frame)
      return try truth.objects(
        forFrame: record.stamp.index, fileName: frame.fileName,
        size: PixelSize(width: frame.picture.width, height: frame.picture.height))
    }
    guard let reference = record[Slots.reference] else {
      throw SplitpipeError(
        .usage,
        "metrics has nothing to score against: give --truth, or put the stage reference before it")
    }
    return TruthObject.unsplit(reference)
  }
}
