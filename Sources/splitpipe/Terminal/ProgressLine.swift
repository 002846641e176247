import Glibc
import SplitpipeCore
import Synchronization

/// One line on stderr that says how far a run is and how long it still takes; silent unless a
/// person watches.
final class ProgressLine: Sendable {
  private struct State {
    var frames = 0
    var lastShown: ContinuousClock.Instant?
  }

  private let isShown: Bool
  private let total: Int?
  private let noun: String
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  /// Shows progress towards `total` frames, where known, unless `quiet`.
  init(total: Int?, quiet: Bool, noun: String = "frame") {
    self.total = total
    self.noun = noun
    isShown = Terminal.isWatched && !quiet
  }

  /// One more frame is done.
  func advance() {
    guard isShown else { return }
    let now = ContinuousClock.now
    let line: String? = state.withLock { state in
      state.frames += 1
      if let last = state.lastShown, now - last < .milliseconds(200) { return nil }
      state.lastShown = now
      return describe(state.frames, after: now - start)
    }
    if let line { Terminal.write("\r\u{1B}[K" + line, to: STDERR_FILENO) }
  }

  /// Removes the line.
  func finish() {
    guard isShown else { return }
    Terminal.write("\r\u{1B}[K", to: STDERR_FILENO)
  }

  private func describe(_ frames: Int, after elapsed: Duration) -> String {
    let rate = Double(frames) / max(elapsed / .seconds(1), 1e-9)
    let speed = "\(Text.decimal(rate, 1)) frames/s"
    guard let total, total >= frames else { return "\(noun) \(frames)  \(speed)" }
    let left = Text.clock(Double(total - frames) / rate)
    return "\(noun) \(frames) of \(total)  \(speed)  \(left) left"
  }
}
