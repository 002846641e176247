import Glibc

/// One line on stderr that says how far a download is and how long it still takes; silent unless a
/// person watches.
final class TransferLine {
  private let name: String
  private let isShown: Bool
  private var start: (instant: ContinuousClock.Instant, bytes: Int)?
  private var lastShown: ContinuousClock.Instant?

  init(name: String, quiet: Bool) {
    self.name = name
    isShown = Terminal.isWatched && !quiet
  }

  /// So many bytes are there.
  func show(_ bytes: Int, of total: Int?) {
    guard isShown else { return }
    let now = ContinuousClock.now
    let start = start ?? (now, bytes)
    self.start = start
    if let lastShown, now - lastShown < .milliseconds(200), bytes != total { return }
    lastShown = now
    let seconds = max((now - start.instant) / .seconds(1), 1e-9)
    let line = describe(bytes, of: total, bytesPerSecond: Double(bytes - start.bytes) / seconds)
    Terminal.write("\r\u{1B}[K" + line, to: STDERR_FILENO)
  }

  /// Forgets the speed so far and removes the line.
  func restart() {
    finish()
    start = nil
    lastShown = nil
  }

  /// Removes the line.
  func finish() {
    guard isShown, lastShown != nil else { return }
    Terminal.write("\r\u{1B}[K", to: STDERR_FILENO)
  }

  private func describe(_ bytes: Int, of total: Int?, bytesPerSecond rate: Double) -> String {
    let speed = rate > 0 ? "  \(Text.megabytes(Int(rate)))/s" : ""
    guard let total, total >= bytes else { return "\(name)  \(Text.megabytes(bytes))\(speed)" }
    let left = rate > 0 ? "  \(Text.clock(Double(total - bytes) / rate)) left" : ""
    let share = total > 0 ? bytes * 100 / total : 100
    return
      "\(name)  \(share) %  \(Text.megabytes(bytes)) of \(Text.megabytes(total))\(speed)\(left)"
  }
}
