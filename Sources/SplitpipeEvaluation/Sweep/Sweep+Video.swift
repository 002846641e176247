import SplitpipeCore
import SplitpipeDetection
import SplitpipeMedia
import SplitpipePipeline
import SplitpipeStages

extension Sweep {
  /// Evaluates the frames of a video one after another: coders of video want them in order.
  ///
  /// A unit that looks back and has results up to some frame only is given the frames before it
  /// again, without tails, so that it goes on with what it remembered then.
  func evaluate(
    video path: String, stop: StopSignal, interim publish: (EvaluationSummary) throws -> Void,
    progress: (SweepProgress) -> Void
  ) throws {
    let limit = plan.request.limit ?? .max
    let reading = plan.request.reading
    let isWholeVideo = reading == SourceSettings()
    // Of frames that are chosen, numbers do not say which come before the limit: they are read again.
    if isWholeVideo,
      results.units.indices.allSatisfy({ results.isFinished(unit: $0, frames: limit) })
    {
      for number in results.images where number < limit { state.finish(number) }
      return state.total = state.done.count
    }
    let source = try openFrameSource(path, settings: reading)
    state.total = source.information.expectedFrames(reading, limit: plan.request.limit)
    progress(.evaluating(total: state.total))
    var runner = try SweepRunner(
      model: plan.model, units: results.units, onlyNamed: plan.request.onlyNamed,
      video: source.information, clock: clock)
    var interim = InterimSummaries()
    var count = 0
    var covered = 0
    var isAtEnd = false
    while !stop.isStopped, count < limit {
      guard let frame = try nextFrame(source, after: count) else {
        isAtEnd = true
        break
      }
      count += 1
      let number = frame.stamp.index
      let size = PixelSize(width: frame.picture.width, height: frame.picture.height)
      let isCovered = try plan.dataset.objects(number, fileName: nil, size: size) != nil
      let found = try runner.run(frame, label: nil) {
        isCovered && results.isMissing(unit: $0, image: number)
      } isFed: {
        !results.isFinished(unit: $0, frames: limit)
      }
      try results.append(image: number, found)
      if isCovered { state.finish(number) }
      if try plan.dataset.truth?.covers(frame: number, fileName: nil) ?? true { covered += 1 }
      progress(.advanced)
      try interim.writeIfDue { try publish(summary(isComplete: false)) }
    }
    if isAtEnd || count >= limit {
      state.total = state.done.count
      try results.finish(frames: isAtEnd && state.breakage == nil ? .max : count)
    }
    var notes = source.notes
    if let truth = plan.dataset.truth, isAtEnd || count >= limit {
      do {
        notes += try truth.check(
          covered: covered, of: count, isWhole: isWholeVideo && isAtEnd && state.breakage == nil,
          isVideo: true, input: redacted(path))
      } catch {
        guard state.breakage != nil else { throw error }
        // The frames that the labels are for may be among those that never came.
        notes.append(error.message)
      }
    }
    if source.skipped > 0 {
      notes.append(
        "\"\(redacted(path))\": \(source.skipped) damaged or missing frames are left out")
    }
    state.notes += notes.filter { !state.notes.contains($0) }
  }

  /// The next frame; nil at the end, and where the source breaks after some.
  private func nextFrame(_ source: any FrameSource, after count: Int) throws -> Frame? {
    do {
      return try source.next()
    } catch let error as SplitpipeError where count > 0 && SourceBreakage.isBreakage(error) {
      state.breakage = error
      return nil
    }
  }
}
