import SplitpipeCore
import SplitpipeDetection
import SplitpipePipeline
import SplitpipeSession

/// Hands the frontier to the connection, which quantizes, codes and sends it; waits while as many frames as
/// the window allows are without an answer.
struct SubmitStage: Stage {
  static let name = "submit"
  static let summary = "hands the tensors to the server's connection, which codes and sends them"
  static let reads: SlotSet = [Slots.frontier, Slots.input, Slots.frameSize]
  static let uses: SlotSet = [Slots.captured, Slots.skippedBefore]
  static let options: [any AnyPipelineOption] = [window] + BoxStageOptions.all

  static let window = PipelineOption<Int>(
    "window", 1...256, default: 8, "frames without an answer at most")

  private let remote: RemoteTail

  init(_ context: RunContext, _ options: Options) throws { remote = try context.requireRemote() }

  /// Frames handed over wait for `collect`.
  static func queue(_ options: Options) -> Int? { options[window] }

  mutating func process(_ record: inout FrameRecord) async throws {
    try await remote.submit(
      OutgoingFrame(
        stamp: record.stamp, frontier: record.require(Slots.frontier),
        sizes: record.require(Slots.input).letterbox.sizes,
        pixels: record.require(Slots.frameSize), captured: record[Slots.captured] ?? .now,
        skippedBefore: record[Slots.skippedBefore] ?? 0))
  }

  mutating func finish() async throws { remote.finish() }

  mutating func cancel() { remote.finish() }
}

/// Takes the server's answer to a frame.
struct CollectStage: Stage {
  static let name = "collect"
  static let summary = "takes the boxes that the server found"
  static let writes: SlotSet = [
    Slots.cost, Slots.change, Slots.detections, Slots.scored, Slots.plausibility, Slots.answer,
  ]

  private let remote: RemoteTail
  private let breakage: SourceBreakage

  init(_ context: RunContext, _ options: Options) throws {
    remote = try context.requireRemote()
    breakage = context.breakage
  }

  mutating func process(_ record: inout FrameRecord) async throws {
    let answer = try await remote.answer()
    guard answer.stamp == record.stamp else {
      throw SplitpipeError(
        .bug, "the answer to frame \(answer.stamp.index) came for frame \(record.stamp.index)")
    }
    record[Slots.cost] = answer.cost
    record[Slots.change] = answer.change
    record[Slots.answer] = answer
    switch answer.outcome {
    case .detected(let found):
      record[Slots.detections] = found.boxes
      record[Slots.scored] = found.scored
      record[Slots.plausibility] = found.plausibility
    case .shed, .refused, .lost: break
    }
  }

  mutating func finish() async throws {
    if let failure = remote.breakage { breakage.note(failure) }
  }
}
