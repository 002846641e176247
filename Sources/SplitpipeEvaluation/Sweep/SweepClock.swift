/// Adds up what the parts of a sweep take.
final class SweepClock {
  /// Seconds by part.
  private(set) var seconds: [String: Double] = [:]

  /// Does some work and charges its time to a part.
  func time<Result>(_ part: String, _ work: () throws -> Result) rethrows -> Result {
    let start = ContinuousClock.now
    defer { seconds[part, default: 0] += (ContinuousClock.now - start) / .seconds(1) }
    return try work()
  }

  /// Adds what another clock has counted.
  func add(_ others: [String: Double]) { seconds.merge(others, uniquingKeysWith: +) }

  /// What was counted since the last call.
  func take() -> [String: Double] {
    defer { seconds = [:] }
    return seconds
  }
}
