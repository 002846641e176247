import SplitpipeCore
import SplitpipeStatistics

/// A stage made for a run, in the hands of the one task that runs it.
struct RunningStage {
  let planned: ActiveStage
  /// How long it worked on each frame, waiting excluded.
  private(set) var times = DurationHistogram()
  // One of the two; changed in place, because a copy of a stage copies what it remembers.
  private var source: (any SourceStage)?
  private var stage: (any Stage)?
  private let finishLine: FinishLine
  private let clock = ContinuousClock()

  /// Makes the stage.
  ///
  /// - Throws: what making it throws.
  init(_ planned: ActiveStage, finishLine: FinishLine) throws {
    self.planned = planned
    self.finishLine = finishLine
    let made = try planned.make()
    source = made as? any SourceStage
    stage = made as? any Stage
  }

  /// The source's next frame; nil at the end.
  mutating func next() async throws -> FrameRecord? {
    let begin = clock.now
    guard var record = try await source?.next() else { return nil }
    let time = clock.now - begin
    record.filled(by: planned.access)
    passed(record, after: time)
    return record
  }

  /// What the stage makes of a frame.
  mutating func process(_ record: consuming FrameRecord) async throws -> FrameRecord {
    record.enter(planned.access)
    let begin = clock.now
    try await stage?.process(&record)
    let time = clock.now - begin
    record.leave()
    passed(record, after: time)
    return record
  }

  /// After the last frame.
  mutating func finish() async throws { try await stage?.finish() }

  /// Instead of `finish`, when the run failed.
  mutating func cancel() { stage?.cancel() }

  private mutating func passed(_ record: FrameRecord, after time: Duration) {
    times.record(time)
    finishLine.passed(record, at: planned.position, filling: planned.access.writes, after: time)
  }
}
