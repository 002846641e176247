package import SplitpipeCore
package import SplitpipePipeline

/// What `splitpipe bench pipeline --json` prints; the keys are the command line's contract.
/// Seconds are medians per frame with no other stage running, but for `framesPerSecond`.
package struct PipelineBenchmark: Codable, Sendable {
  package var frames: Int
  package var unsplitSeconds: Double
  package var headSeconds: Double
  package var tailSeconds: Double
  /// (head + tail) / unsplit.
  package var splitVsUnsplit: Double
  package var stageSeconds: [String: Double]
  /// Everything but head and tail over the frame time.
  package var overheadShare: Double
  /// Of the whole pipeline with overlapping stages.
  package var framesPerSecond: Double
  /// What the medians one after another would give.
  package var sequentialFramesPerSecond: Double
  /// framesPerSecond / sequentialFramesPerSecond.
  package var overlapGain: Double

  /// Runs the unsplit network and every stage in turn on each frame, then the pipeline overlapped.
  ///
  /// - Parameters:
  ///   - request: input, model and settings; its pipeline is not used.
  ///   - stop: ends the measurement early.
  ///   - progress: called for each frame of either pass.
  /// - Returns: the medians.
  /// - Throws: what a run throws.
  package static func measure(
    _ request: RunRequest, stop: StopSignal, progress: @escaping @Sendable (FrameStamp) -> Void
  ) async throws -> PipelineBenchmark {
    func run(_ pipeline: (text: String, path: String)) throws -> PipelineRun<RunContext> {
      var request = request
      request.pipeline = pipeline
      let session = try RunSession(request)
      return PipelineRun(
        session.plan, context: session.context, stop: stop, progress: progress)
    }
    let sequential = try await run(RunRequest.benchPipeline).oneAfterAnother()
    let overlapped = try await run(RunRequest.deliverPipeline).overlapped()

    var medians = Dictionary(
      uniqueKeysWithValues: sequential.stages.map { ($0.name, $0.times.medianSeconds) })
    guard sequential.frames > 0, overlapped.frames > 0,
      let unsplit = medians.removeValue(forKey: "reference"), let head = medians["head"],
      let tail = medians["tail"]
    else { throw SplitpipeError(.badData, "\(request.input) has no frame to measure") }
    let frame = medians.values.reduce(0, +)
    let framesPerSecond = Double(overlapped.frames) / overlapped.elapsed.inSeconds
    return PipelineBenchmark(
      frames: sequential.frames, unsplitSeconds: unsplit, headSeconds: head, tailSeconds: tail,
      splitVsUnsplit: (head + tail) / unsplit, stageSeconds: medians,
      overheadShare: (frame - head - tail) / frame, framesPerSecond: framesPerSecond,
      sequentialFramesPerSecond: 1 / frame, overlapGain: framesPerSecond * frame)
  }
}
