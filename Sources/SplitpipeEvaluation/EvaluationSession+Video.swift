import SplitpipeCore
import SplitpipeMedia
import SplitpipePipeline

extension EvaluationSession {
  /// Evaluates the frames of a video one after another: coders of video want them in order.
  func evaluate(
    video path: String, stop: StopSignal, progress: (Progress) -> Void
  ) throws {
    let source = try openFrameSource(path)
    let known = source.information.frameCount
    scored.total = known.map { min($0, request.limit ?? $0) } ?? request.limit
    progress(.evaluating(total: scored.total))
    var runner = try SweepRunner(
      model: model, units: units, onlyNamed: request.onlyNamed,
      video: source.information, clock: clock)
    var interim = InterimSummaries()
    var count = 0
    while !stop.isStopped, count < request.limit ?? .max, let frame = try source.next() {
      count += 1
      let number = frame.stamp.index
      let size = PixelSize(width: frame.picture.width, height: frame.picture.height)
      let isCovered = try scored.covers(number, fileName: nil, size: size)
      let results = try runner.run(frame, label: nil) { isCovered && isMissing($0, number) }
      try journal.append(image: number, results.map { (journalUnits[$0.unit], $0.result) })
      if isCovered { scored.add(number) }
      progress(.advanced)
      try interim.writeIfDue { try write(summary(of: scored, complete: false)) }
    }
    if !stop.isStopped { scored.total = scored.numbers.count }
    if source.skipped > 0 {
      dataset.notes.append("\"\(path)\": \(source.skipped) damaged frames are left out")
    }
  }
}
