package import SplitpipeCore
package import SplitpipePipeline
import SplitpipeStatistics
internal import Synchronization

/// What `splitpipe bench pipeline --json` prints; the keys are the command line's contract.
/// Seconds are medians per frame with no other stage running, but for `framesPerSecond`.
package struct PipelineBenchmark: Encodable, Sendable {
  package var frames: Int
  package var unsplitSeconds: Double
  package var headSeconds: Double
  package var tailSeconds: Double
  /// (head + tail) / unsplit.
  package var splitVsUnsplit: Double
  package var stageSeconds: [String: Double]
  /// The same in the order of the pipeline; not part of what is printed as JSON.
  package var stages: [(name: String, seconds: Double)]
  /// Everything but head and tail over the frame time.
  package var overheadShare: Double
  /// Of the whole pipeline with overlapping stages.
  package var framesPerSecond: Double
  /// What the medians one after another would give.
  package var sequentialFramesPerSecond: Double
  /// The sum of the stages' medians over the median time from frame to frame when they overlap.
  package var overlapGain: Double

  private enum CodingKeys: CodingKey {
    case frames, unsplitSeconds, headSeconds, tailSeconds, splitVsUnsplit, stageSeconds
    case overheadShare, framesPerSecond, sequentialFramesPerSecond, overlapGain
  }

  /// Runs the unsplit network and every stage in turn on each frame, then the pipeline overlapped.
  ///
  /// - Parameters:
  ///   - request: input, model and settings; its pipeline is not used.
  ///   - stop: ends the measurement early.
  ///   - note: gets sentences for the user before the first frame.
  ///   - progress: called for each frame of either pass.
  /// - Returns: the medians.
  /// - Throws: what a run throws.
  package static func measure(
    _ request: RunRequest, stop: StopSignal, note: (String) -> Void,
    progress: @escaping @Sendable (FrameStamp) -> Void
  ) async throws -> PipelineBenchmark {
    let pace = Pace()
    func run(
      _ pipeline: (text: String, path: String),
      progress: @escaping @Sendable (FrameStamp) -> Void
    ) throws -> (run: PipelineRun<RunContext>, notes: [String]) {
      var request = request
      request.pipeline = pipeline
      let session = try RunSession(request)
      let run = PipelineRun(
        session.plan, context: session.context, stop: stop
      ) { progress($0.stamp) }
      return (run, session.notes)
    }
    let first = try run(RunRequest.benchPipeline, progress: progress)
    for sentence in first.notes { note(sentence) }
    let sequential = try await first.run.oneAfterAnother()
    let overlapped = try await run(RunRequest.deliverPipeline) { stamp in
      pace.frameDone()
      progress(stamp)
    }.run.overlapped()

    var medians = Dictionary(
      uniqueKeysWithValues: sequential.stages.map { ($0.name, $0.times.median ?? 0) })
    guard sequential.frames > 0, overlapped.frames > 0,
      let unsplit = medians.removeValue(forKey: ReferenceStage.name),
      let head = medians[HeadStage.name], let tail = medians[TailStage.name]
    else { throw SplitpipeError(.badData, "\(redacted(request.input)) has no frame to measure") }
    let frame = medians.values.reduce(0, +)
    let framesPerSecond = Double(overlapped.frames) / (overlapped.elapsed / .seconds(1))
    return PipelineBenchmark(
      frames: sequential.frames, unsplitSeconds: unsplit, headSeconds: head, tailSeconds: tail,
      splitVsUnsplit: (head + tail) / unsplit, stageSeconds: medians,
      stages: sequential.stages.compactMap { stage in medians[stage.name].map { (stage.name, $0) }
      },
      overheadShare: (frame - head - tail) / frame, framesPerSecond: framesPerSecond,
      sequentialFramesPerSecond: 1 / frame,
      overlapGain: frame / (pace.medianSeconds ?? 1 / framesPerSecond))
  }
}

/// Seconds from frame to frame of a running pipeline, as the median over stretches of ten frames:
/// like the medians it is compared with, it leaves out the start and what else the machine did.
private final class Pace: Sendable {
  private struct State {
    var frames = 0
    var stretchStart = ContinuousClock.now
    var stretches: [Double] = []
  }

  private static let stretch = 10
  private let state = Mutex(State())

  func frameDone() {
    let now = ContinuousClock.now
    state.withLock { state in
      state.frames += 1
      guard state.frames.isMultiple(of: Self.stretch) else { return }
      if state.frames > Self.stretch {
        state.stretches.append((now - state.stretchStart) / .seconds(1) / Double(Self.stretch))
      }
      state.stretchStart = now
    }
  }

  /// nil where the run was shorter than two stretches.
  var medianSeconds: Double? {
    state.withLock { $0.stretches }.median
  }
}
