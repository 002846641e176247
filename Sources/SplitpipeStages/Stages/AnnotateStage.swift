import SplitpipeCore
import SplitpipeMedia
import SplitpipePipeline

/// Draws the boxes on the frame and writes the video.
struct AnnotateStage: Stage {
  let sink: any AnnotatedFrameSink

  mutating func process(_ record: inout FrameRecord) async throws {
    try sink.append(record.require(Slots.frame), detections: record.require(Slots.detections))
  }

  mutating func finish() async throws { try sink.finish() }

  mutating func cancel() { sink.cancel() }

  static let definition = StageDefinition<RunContext>(
    "annotate", "draws the boxes and writes the video (--output)",
    reads: [Slots.frame.name, Slots.detections.name],
    takesPart: { $0.annotated != nil },
    make: .stage { context, _ in
      guard let sink = context.annotated else {
        throw SplitpipeError(.bug, "annotate takes part without an output")
      }
      return AnnotateStage(sink: sink)
    })
}
