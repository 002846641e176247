import SplitpipeCore
import SplitpipePipeline

/// Takes frames from the source, as many as the run wants.
struct DecodeStage: SourceStage {
  static let name = "decode"
  static let summary = "reads frames from a video, an image or a folder of images"
  static let writes: SlotSet = [Slots.frame, Slots.sourceBytes]

  private let source: any FrameSource
  private let limit: Int?
  private var count = 0

  init(_ context: RunContext, _ options: Options) {
    source = context.source
    limit = context.frames
  }

  mutating func next() async throws -> FrameRecord? {
    if let limit, count >= limit { return nil }
    guard let frame = try source.next() else { return nil }
    count += 1
    var record = FrameRecord(stamp: frame.stamp)
    record[Slots.frame] = frame
    record[Slots.sourceBytes] = frame.sourceBytes
    return record
  }
}
