import SplitpipeConcurrency
import SplitpipeStatistics

extension PipelineRun {
  /// Runs every stage on one thread, one after another for each frame: what the stages cost when
  /// none competes with another.
  ///
  /// - Returns: the stages' times and the number of frames.
  /// - Throws: the first failure of a stage.
  package func oneAfterAnother() async throws -> RunResult {
    let stages = plan.stagesTakingPart(context)
    let finishLine = finishLine(of: stages)
    let thread = try WorkThread()
    defer { thread.stop() }
    let clock = ContinuousClock()
    let start = clock.now
    let times = try await withTaskExecutorPreference(thread) {
      try await runInOrder(stages, finishLine)
    }
    return RunResult(
      stages: zip(stages, times).map { ($0.name, $1) }, frames: finishLine.frames,
      elapsed: clock.now - start)
  }

  private func runInOrder(
    _ stages: [ActiveStage], _ finishLine: FinishLine
  ) async throws -> [DurationHistogram] {
    var running: [RunningStage] = []
    do {
      for stage in stages { running.append(try RunningStage(stage, finishLine: finishLine)) }
      while !stop.isStopped, let record = try await running[0].next() {
        var branches = Branches(stages)
        branches.leave(stages[0], with: consume record)
        for stage in stages.dropFirst() {
          let joined = try branches.enter(stage)
          branches.leave(stage, with: try await running[stage.position].process(joined))
        }
      }
      for index in running.indices { try await running[index].finish() }
    } catch {
      for index in running.indices { running[index].cancel() }
      throw error
    }
    return running.map(\.times)
  }
}

/// The records of one frame between stages, as the channels of an overlapped run would hold them.
private struct Branches {
  private let stages: [ActiveStage]
  /// For each stage, a record from each of its inputs.
  private var waiting: [[FrameRecord]]

  init(_ stages: [ActiveStage]) {
    self.stages = stages
    waiting = stages.map { _ in [] }
  }

  mutating func enter(_ stage: ActiveStage) throws -> FrameRecord {
    defer { waiting[stage.position] = [] }
    return try stage.joined(waiting[stage.position])
  }

  mutating func leave(_ stage: ActiveStage, with record: consuming FrameRecord) {
    for consumer in stages where consumer.inputs.contains(stage.position) {
      waiting[consumer.position].append(record.keeping(consumer.keeps))
    }
  }
}
