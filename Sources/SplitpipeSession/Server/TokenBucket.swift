/// Allows so many events a second, and some at once.
struct TokenBucket: Sendable {
  private let rate: Double
  private let burst: Double
  private var tokens: Double
  private var last: MonotonicTime

  /// - Parameters:
  ///   - rate: events a second.
  ///   - burst: events at once.
  ///   - time: now.
  init(rate: Double, burst: Double, at time: MonotonicTime) {
    self.rate = rate
    self.burst = max(1, burst)
    tokens = self.burst
    last = time
  }

  /// Whether an event is within the rate; one that is not costs nothing.
  mutating func take(at time: MonotonicTime) -> Bool {
    let passed = Double(max(0, time.microseconds(since: last))) / 1e6
    tokens = min(burst, tokens + passed * rate)
    last = max(last, time)
    guard tokens >= 1 else { return false }
    tokens -= 1
    return true
  }
}
