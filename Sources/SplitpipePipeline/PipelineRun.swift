package import SplitpipeStatistics
internal import Synchronization

/// What a run leaves behind.
package struct RunResult: Sendable {
  /// Stage name and the time it took for each frame, in the plan's order.
  package let stages: [(name: String, times: DurationHistogram)]
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

/// A validated plan with what its stages share; it runs once.
package struct PipelineRun<Context: Sendable>: Sendable {
  let plan: ValidatedPlan<Context>
  let context: Context
  let stop: StopSignal
  private let collected: SlotSet
  private let progress: @Sendable (FrameRecord) -> Void

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - plan: the stages.
  ///   - context: what they share.
  ///   - stop: ends the run early.
  ///   - slots: what `progress` wants to see of a frame.
  ///   - progress: called once for each frame that has passed every stage, in order, with `slots` as
  ///     the stages left them and the durations.
  package init(
    _ plan: ValidatedPlan<Context>, context: Context, stop: StopSignal = StopSignal(),
    collecting slots: SlotSet = [],
    progress: @escaping @Sendable (FrameRecord) -> Void = { _ in }
  ) {
    self.plan = plan
    self.context = context
    self.stop = stop
    collected = slots
    self.progress = progress
  }

  /// Where the frames of those stages arrive.
  func finishLine(of stages: [ActiveStage]) -> FinishLine {
    FinishLine(stages, collecting: collected, report: progress)
  }
}
