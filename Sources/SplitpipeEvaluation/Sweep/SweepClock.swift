import SplitpipeStages

/// Adds up what the parts of a sweep take.
final class SweepClock {
  /// Seconds by part.
  private(set) var seconds: [String: Double] = [:]

  /// Does some work and charges its time to a part.
  func time<Result>(_ part: String, _ work: () throws -> Result) rethrows -> Result {
    let start = ContinuousClock.now
    defer { seconds[part, default: 0] += (ContinuousClock.now - start).inSeconds }
    return try work()
  }
}
