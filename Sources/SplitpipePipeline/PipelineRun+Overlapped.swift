import SplitpipeConcurrency
import SplitpipeStatistics

extension PipelineRun {
  /// Runs every stage on a thread of its own, joined by bounded channels.
  ///
  /// - Returns: the stages' times and the number of frames.
  /// - Throws: the first failure of a stage, after every other stage has been cancelled.
  package func overlapped() async throws -> RunResult {
    let stages = plan.stagesTakingPart(context)
    var outputs: [[(channel: BoundedChannel<FrameRecord>, keeps: SlotSet)]] = stages.map { _ in [] }
    var inputs: [[BoundedChannel<FrameRecord>]] = stages.map { _ in [] }
    for stage in stages {
      for input in stage.inputs {
        let channel = BoundedChannel<FrameRecord>(capacity: stages[input].queue ?? plan.buffer)
        outputs[input].append((channel, stage.keeps))
        inputs[stage.position].append(channel)
      }
    }
    let finishLine = finishLine(of: stages)
    let clock = ContinuousClock()
    let start = clock.now
    let times = try await withThrowingTaskGroup(of: (Int, DurationHistogram).self) { group in
      for stage in stages {
        let thread = try WorkThread()
        let worker = StageWorker(
          stage: stage, inputs: inputs[stage.position], outputs: outputs[stage.position],
          stop: stop, finishLine: finishLine)
        group.addTask(executorPreference: thread) {
          defer { thread.stop() }
          return (stage.position, try await worker.run())
        }
      }
      var times = [DurationHistogram](repeating: DurationHistogram(), count: stages.count)
      while let (position, result) = try await group.next() { times[position] = result }
      return times
    }
    return RunResult(
      stages: zip(stages, times).map { ($0.name, $1) }, frames: finishLine.frames,
      elapsed: clock.now - start)
  }
}
