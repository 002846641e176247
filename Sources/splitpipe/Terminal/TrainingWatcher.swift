import Glibc
import SplitpipeEvaluation
import SplitpipeTraining

/// Shows how far a training is: loss, rate of learning and time left.
final class TrainingWatcher {
  private let quiet: Bool
  private var reading: ProgressLine?
  private var lastShown: ContinuousClock.Instant?
  /// Of the last steps, each less by a little than the one after it.
  private var loss: Double?
  private var stage = 0

  init(quiet: Bool) { self.quiet = quiet }

  func note(_ progress: BottleneckSession.Progress) {
    switch progress {
    case .reading: reading = ProgressLine(total: nil, quiet: quiet, noun: "picture")
    case .advanced: reading?.advance()
    case .learning(let step): show(step)
    }
  }

  func finish() {
    reading?.finish()
    reading = nil
    clear()
  }

  private func show(_ progress: BottleneckTrainer.Progress) {
    if let reading {
      reading.finish()
      self.reading = nil
    }
    if stage != progress.stage { loss = nil }
    stage = progress.stage
    let share = 0.05
    loss = loss.map { $0 + share * (progress.loss - $0) } ?? progress.loss
    guard Terminal.isWatched, !quiet else { return }
    let now = ContinuousClock.now
    if let lastShown, now - lastShown < .milliseconds(200) { return }
    lastShown = now
    let left = progress.secondsLeft.map { "  \(Text.clock($0)) left" } ?? ""
    Terminal.write(
      "\r\u{1B}[Kstage \(progress.stage)  step \(progress.step) of \(progress.steps)  loss "
        + "\(Text.decimal(loss ?? 0, 4))  rate \(Text.decimal(progress.rate * 1000, 3))e-3\(left)",
      to: STDERR_FILENO)
  }

  private func clear() {
    guard Terminal.isWatched, !quiet else { return }
    Terminal.write("\r\u{1B}[K", to: STDERR_FILENO)
  }
}
