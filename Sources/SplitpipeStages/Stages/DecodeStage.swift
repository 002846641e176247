import SplitpipeCore
import SplitpipePipeline
import SplitpipeSession

/// Takes frames from the source, as many as the run wants.
struct DecodeStage: SourceStage {
  static let name = "decode"
  static let summary = "reads frames from a video, an image or a folder of images"
  static let writes: SlotSet = [
    Slots.frame, Slots.frameSize, Slots.sourceBytes, Slots.captured, Slots.skippedBefore,
  ]

  private let source: any FrameSource
  private let breakage: SourceBreakage
  private let limit: Int?
  private let remote: RemoteTail?
  /// nil where the source waits for whoever takes its frames.
  private let latest: LatestFrames?
  private var count = 0

  init(_ context: RunContext, _ options: Options) {
    source = context.source
    breakage = context.breakage
    limit = context.frames
    remote = context.remote
    latest = context.latest
  }

  mutating func next() async throws -> FrameRecord? {
    if let limit, count >= limit { return nil }
    // A server that is gone takes no more, and one that is behind takes the next when it can.
    guard try await remote?.admit() ?? true, let captured = try await nextFrame() else {
      return nil
    }
    count += 1
    let frame = captured.frame
    var record = FrameRecord(stamp: frame.stamp)
    record[Slots.captured] = captured.time
    record[Slots.skippedBefore] = captured.skipped
    if captured.skipped > 0 { remote?.noteGated(captured.skipped) }
    record[Slots.frame] = frame
    record[Slots.frameSize] = PixelSize(width: frame.picture.width, height: frame.picture.height)
    record[Slots.sourceBytes] = frame.sourceBytes
    return record
  }

  /// The next frame; nil at the end, and where the source breaks after frames that are worth keeping.
  private func nextFrame() async throws -> LatestFrames.Captured? {
    do {
      if let latest { return try await latest.next() }
      return try source.next().map { LatestFrames.Captured(frame: $0, time: .now, skipped: 0) }
    } catch let error as SplitpipeError where count > 0 && SourceBreakage.isBreakage(error) {
      breakage.note(error)
      return nil
    }
  }
}
