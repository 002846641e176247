import SplitpipeCore
import SplitpipeMedia
import SplitpipePipeline

extension EvaluationSession {
  /// Evaluates the frames of a video one after another: coders of video want them in order.
  ///
  /// A unit that looks back and has results up to some frame only is given the frames before it
  /// again, without tails, so that it goes on with what it remembered then.
  func evaluate(
    video path: String, stop: StopSignal, interim publish: (EvaluationSummary) throws -> Void,
    progress: (Progress) -> Void
  ) throws {
    let limit = request.limit ?? .max
    if units.indices.allSatisfy({ journal.isFinished(unit: journalUnits[$0], frames: limit) }) {
      for number in journal.images(unit: journalUnits[0]) where number < limit {
        scored.add(number)
      }
      return scored.total = scored.numbers.count
    }
    let source = try openFrameSource(path)
    let known = source.information.frameCount
    scored.total = known.map { min($0, request.limit ?? $0) } ?? request.limit
    progress(.evaluating(total: scored.total))
    var runner = try SweepRunner(
      model: model, units: units, onlyNamed: request.onlyNamed,
      video: source.information, clock: clock)
    var interim = InterimSummaries()
    var count = 0
    var isAtEnd = false
    while !stop.isStopped, count < limit {
      guard let frame = try source.next() else {
        isAtEnd = true
        break
      }
      count += 1
      let number = frame.stamp.index
      let size = PixelSize(width: frame.picture.width, height: frame.picture.height)
      let isCovered = try scored.covers(number, fileName: nil, size: size)
      let results = try runner.run(frame, label: nil) {
        isCovered && isMissing($0, number)
      } isFed: {
        !journal.isFinished(unit: journalUnits[$0], frames: limit)
      }
      try journal.append(image: number, results.map { (journalUnits[$0.unit], $0.result) })
      if isCovered { scored.add(number) }
      progress(.advanced)
      try interim.writeIfDue { try publish(summary(of: scored, complete: false)) }
    }
    if isAtEnd || count >= limit {
      scored.total = scored.numbers.count
      for unit in journalUnits {
        try journal.finish(unit: unit, frames: isAtEnd ? .max : count)
      }
    }
    if source.skipped > 0 {
      dataset.notes.append("\"\(path)\": \(source.skipped) damaged frames are left out")
    }
  }
}
