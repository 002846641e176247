import SplitpipeConcurrency
import SplitpipeCore
import SplitpipeStatistics

/// Runs one stage on its thread: takes records from every input, works, hands them on.
struct StageWorker: Sendable {
  let stage: ActiveStage
  let inputs: [BoundedChannel<FrameRecord>]
  let outputs: [(channel: BoundedChannel<FrameRecord>, keeps: SlotSet)]
  let stop: StopSignal
  let finishLine: FinishLine

  /// Works until the inputs end.
  ///
  /// - Returns: how long the stage worked on each frame, waiting excluded.
  /// - Throws: the stage's failure, after it has been told to give up.
  func run() async throws -> DurationHistogram {
    var running = try RunningStage(stage, finishLine: finishLine)
    do {
      while let record = try await nextRecord(&running) {
        // What nobody reads is gone before the first channel makes this stage wait.
        let parts = parts(of: consume record)
        for (output, part) in zip(outputs, parts) { try await output.channel.send(part) }
      }
      try await running.finish()
    } catch {
      running.cancel()
      throw error
    }
    for output in outputs { output.channel.finish() }
    return running.times
  }

  /// What each output gets of a record.
  private func parts(of record: consuming FrameRecord) -> [FrameRecord] {
    var parts: [FrameRecord] = []
    for output in outputs { parts.append(record.keeping(output.keeps)) }
    return parts
  }

  private func nextRecord(_ running: inout RunningStage) async throws -> FrameRecord? {
    guard !inputs.isEmpty else { return stop.isStopped ? nil : try await running.next() }
    var branches: [FrameRecord] = []
    for channel in inputs {
      guard let record = try await channel.receive() else { return nil }
      branches.append(record)
    }
    return try await running.process(stage.joined(branches))
  }
}

extension ActiveStage {
  /// A frame's record, its slots gathered from every branch into the stage.
  func joined(_ branches: [FrameRecord]) throws -> FrameRecord {
    guard var record = branches.first else {
      throw SplitpipeError(.bug, "no branch leads into \"\(name)\"")
    }
    for branch in branches.dropFirst() {
      guard branch.stamp == record.stamp else {
        throw SplitpipeError(.bug, "the branches into \"\(name)\" fell out of step")
      }
      record.merge(branch)
    }
    return record
  }
}
