import SplitpipeCore
import SplitpipePipeline

/// Takes frames from the source, as many as the run wants.
struct DecodeStage: SourceStage {
  static let name = "decode"
  static let summary = "reads frames from a video, an image or a folder of images"
  static let writes: SlotSet = [Slots.frame, Slots.frameSize, Slots.sourceBytes]

  private let source: any FrameSource
  private let breakage: SourceBreakage
  private let limit: Int?
  private var count = 0

  init(_ context: RunContext, _ options: Options) {
    source = context.source
    breakage = context.breakage
    limit = context.frames
  }

  mutating func next() async throws -> FrameRecord? {
    if let limit, count >= limit { return nil }
    guard let frame = try nextFrame() else { return nil }
    count += 1
    var record = FrameRecord(stamp: frame.stamp)
    record[Slots.frame] = frame
    record[Slots.frameSize] = PixelSize(width: frame.picture.width, height: frame.picture.height)
    record[Slots.sourceBytes] = frame.sourceBytes
    return record
  }

  /// The next frame; nil at the end, and where the source breaks after frames that are worth keeping.
  private func nextFrame() throws -> Frame? {
    do {
      return try source.next()
    } catch let error as SplitpipeError where count > 0 && SourceBreakage.isBreakage(error) {
      breakage.note(error)
      return nil
    }
  }
}
