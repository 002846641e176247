import SplitpipeEvaluation

/// Shows how far a plan is.
final class PlanWatcher {
  private let quiet: Bool
  private var line: ProgressLine?
  private let checking: EvaluationWatcher

  init(quiet: Bool) {
    self.quiet = quiet
    checking = EvaluationWatcher(quiet: quiet)
    checking.prefix = "accuracy: "
  }

  func note(_ progress: PlanSession.Progress) {
    switch progress {
    case .reading(let total): begin(total, "frame")
    case .measuring(let total): begin(total, "split")
    case .differentiating:
      begin(nil, "importance")
      line?.advance()
    case .advanced: line?.advance()
    case .checking(let inner):
      line?.finish()
      checking.note(inner)
    }
  }

  func finish() {
    line?.finish()
    checking.finish()
  }

  private func begin(_ total: Int?, _ noun: String) {
    line?.finish()
    line = ProgressLine(total: total, quiet: quiet, noun: noun)
  }
}
