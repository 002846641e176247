package import SplitpipeCore
internal import Synchronization

/// What a run leaves behind.
package struct RunResult: Sendable {
  /// Stage name and the time it took for each frame, in the plan's order.
  package let stages: [(name: String, times: StageTimes)]
  /// Frames that passed the last stage.
  package let frames: Int
  /// From the first request for a frame to the last stage's end.
  package let elapsed: Duration
}

/// Asks a running pipeline to stop: the source makes no more frames, the rest is finished.
package final class StopSignal: Sendable {
  private let flag = Atomic<Bool>(false)

  package init() {}

  package func stop() { flag.store(true, ordering: .relaxed) }

  package var isStopped: Bool { flag.load(ordering: .relaxed) }
}

/// A validated plan whose stages have been made; it runs once.
package struct PipelineRun<Context: Sendable>: Sendable {
  private let plan: ValidatedPlan<Context>
  private let context: Context
  private let stop: StopSignal
  private let progress: @Sendable (FrameStamp) -> Void

  /// Prepares a run; `stop` ends it early, `progress` is called for each frame that has passed every
  /// stage.
  package init(
    _ plan: ValidatedPlan<Context>, context: Context, stop: StopSignal = StopSignal(),
    progress: @escaping @Sendable (FrameStamp) -> Void = { _ in }
  ) {
    self.plan = plan
    self.context = context
    self.stop = stop
    self.progress = progress
  }

  /// Runs every stage on a thread of its own, joined by bounded channels.
  ///
  /// - Returns: the stages' times and the number of frames.
  /// - Throws: the first failure of a stage, after every other stage has been cancelled.
  package func overlapped() async throws -> RunResult {
    let stages = plan.stagesTakingPart(context)
    var outputs: [[(channel: BoundedChannel<FrameRecord>, keeps: Set<String>)]] =
      stages.map { _ in [] }
    var inputs: [[BoundedChannel<FrameRecord>]] = stages.map { _ in [] }
    for (index, stage) in stages.enumerated() {
      for input in stage.inputs {
        let channel = BoundedChannel<FrameRecord>(capacity: plan.buffer)
        outputs[input].append((channel, stage.keeps))
        inputs[index].append(channel)
      }
    }
    // A frame is done when every leaf of the graph has seen it; leaves see frames in order.
    let finishLine = FinishLine(leafCount: outputs.count { $0.isEmpty }, report: progress)
    let clock = ContinuousClock()
    let start = clock.now
    let times = try await withThrowingTaskGroup(of: (Int, StageTimes).self) { group in
      for (index, stage) in stages.enumerated() {
        let thread = StageThread()
        let worker = StageWorker(
          stage: stage, inputs: inputs[index], outputs: outputs[index], stop: stop,
          finishLine: finishLine)
        group.addTask(executorPreference: thread) {
          defer { thread.stop() }
          return (index, try await worker.run())
        }
      }
      var times = [StageTimes](repeating: StageTimes(), count: stages.count)
      while let (index, result) = try await group.next() { times[index] = result }
      return times
    }
    return RunResult(
      stages: zip(stages, times).map { ($0.name, $1) }, frames: finishLine.frames,
      elapsed: clock.now - start)
  }

  /// Runs every stage on one thread, one after another for each frame: what the stages cost when
  /// none competes with another.
  ///
  /// - Returns: the stages' times and the number of frames.
  /// - Throws: the first failure of a stage.
  package func oneAfterAnother() async throws -> RunResult {
    let stages = plan.stagesTakingPart(context)
    let thread = StageThread()
    defer { thread.stop() }
    let clock = ContinuousClock()
    let start = clock.now
    let (times, frames) = try await withTaskExecutorPreference(thread) {
      try await runInOrder(stages)
    }
    return RunResult(
      stages: zip(stages, times).map { ($0.name, $1) }, frames: frames, elapsed: clock.now - start)
  }

  private func runInOrder(_ made: [ActiveStage]) async throws -> ([StageTimes], Int) {
    let clock = ContinuousClock()
    var steps = try made.map { try $0.build() }
    var times = [StageTimes](repeating: StageTimes(), count: steps.count)
    var frames = 0
    do {
      while !stop.isStopped {
        let begin = clock.now
        guard var record = try await steps[0].source?.next() else { break }
        times[0].record(clock.now - begin)
        for index in steps.indices.dropFirst() {
          let begin = clock.now
          try await steps[index].stage?.process(&record)
          times[index].record(clock.now - begin)
        }
        frames += 1
        progress(record.stamp)
      }
      for index in steps.indices { try await steps[index].stage?.finish() }
    } catch {
      for index in steps.indices { steps[index].stage?.cancel() }
      throw error
    }
    return (times, frames)
  }
}
