import SplitpipeCore
internal import Synchronization

/// Runs one stage on its thread: takes records from every input, works, hands them on.
struct StageWorker: Sendable {
  let stage: ActiveStage
  let inputs: [BoundedChannel<FrameRecord>]
  let outputs: [(channel: BoundedChannel<FrameRecord>, keeps: Set<String>)]
  let stop: StopSignal
  let finishLine: FinishLine

  /// - Returns: how long the stage worked on each frame, waiting excluded.
  func run() async throws -> StageTimes {
    let clock = ContinuousClock()
    var times = StageTimes()
    var step = try stage.build()
    do {
      while true {
        var record: FrameRecord
        let begin: ContinuousClock.Instant
        if step.source != nil {
          begin = clock.now
          guard !stop.isStopped, let made = try await step.source?.next() else { break }
          record = made
        } else {
          guard let joined = try await join() else { break }
          record = joined
          begin = clock.now
          try await step.stage?.process(&record)
        }
        times.record(clock.now - begin)
        for output in outputs {
          try await output.channel.send(record.keeping(output.keeps))
        }
        if outputs.isEmpty { finishLine.passed(record.stamp) }
      }
      try await step.stage?.finish()
    } catch {
      step.stage?.cancel()
      throw error
    }
    for output in outputs { output.channel.finish() }
    return times
  }

  /// The next record, its slots gathered from every branch; nil when the branches end.
  private func join() async throws -> FrameRecord? {
    var joined: FrameRecord?
    for channel in inputs {
      guard let record = try await channel.receive() else { return nil }
      if joined == nil {
        joined = record
      } else {
        guard joined?.stamp == record.stamp else {
          throw SplitpipeError(.bug, "the branches into \"\(stage.name)\" fell out of step")
        }
        joined?.merge(record)
      }
    }
    return joined
  }
}

/// Counts frames that every leaf of the graph has seen.
final class FinishLine: Sendable {
  private struct State {
    /// How many leaves have seen a frame that is not done yet.
    var seen: [Int: Int] = [:]
    var frames = 0
  }

  private let leafCount: Int
  private let report: @Sendable (FrameStamp) -> Void
  private let state = Mutex(State())

  init(leafCount: Int, report: @escaping @Sendable (FrameStamp) -> Void) {
    self.leafCount = leafCount
    self.report = report
  }

  var frames: Int { state.withLock { $0.frames } }

  func passed(_ stamp: FrameStamp) {
    let isDone = state.withLock { state in
      let count = state.seen[stamp.index, default: 0] + 1
      guard count == leafCount else {
        state.seen[stamp.index] = count
        return false
      }
      state.seen[stamp.index] = nil
      state.frames += 1
      return true
    }
    if isDone { report(stamp) }
  }
}
