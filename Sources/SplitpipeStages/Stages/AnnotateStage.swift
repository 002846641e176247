import SplitpipeCore
import SplitpipeMedia
import SplitpipePipeline

/// Draws the boxes on the frame and writes the video.
struct AnnotateStage: Stage {
  static let name = "annotate"
  static let summary = "draws the boxes and writes the video (--output)"
  static let reads: SlotSet = [Slots.frame, Slots.detections]

  private let sink: any AnnotatedFrameSink

  init(_ context: RunContext, _ options: Options) throws {
    guard let sink = context.annotated else {
      throw SplitpipeError(.bug, "annotate takes part without an output")
    }
    self.sink = sink
  }

  static func takesPart(in context: RunContext) -> Bool { context.annotated != nil }

  mutating func process(_ record: inout FrameRecord) async throws {
    try sink.append(
      record.require(Slots.frame), detections: record[Slots.detections] ?? [])
  }

  mutating func finish() async throws { try sink.finish() }

  mutating func cancel() { sink.cancel() }
}
