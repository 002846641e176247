import SplitpipeCore
import SplitpipePipeline

/// Takes frames from the source, as many as the run wants.
struct DecodeStage: SourceStage {
  let source: any FrameSource
  let limit: Int?
  let ledger: RunLedger
  private var count = 0

  init(_ context: RunContext, _ options: Options) {
    source = context.source
    limit = context.frames
    ledger = context.ledger
  }

  mutating func next() async throws -> FrameRecord? {
    if let limit, count >= limit { return nil }
    guard let frame = try source.next() else { return nil }
    count += 1
    ledger.decoded(frame)
    var record = FrameRecord(stamp: frame.stamp)
    record[Slots.frame] = frame
    return record
  }
}

extension DecodeStage {
  static let name = "decode"
  static let summary = "reads frames from a video, an image or a folder of images"
  static let writes: SlotSet = [Slots.frame]
}
