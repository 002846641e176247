/// How far the server's clock is ahead of the edge's, by the formula of the Network Time Protocol
/// (RFC 5905, section 8), from the ping of the shortest round trip among the last sixteen.
package struct ClockEstimate: Sendable {
  private var samples: [(roundTrip: Int64, offset: Int64)] = []
  private static let kept = 16

  package init() {}

  /// Adds a ping that came back.
  ///
  /// - Parameters:
  ///   - sent: when it left, by the edge's clock; so `returned`.
  ///   - received: when it came, by the server's clock; so `answered`.
  ///   - answered: when the answer left.
  ///   - returned: when the answer came.
  /// - Returns: the round trip without the server's share; nil where the times contradict each other.
  package mutating func add(
    sent: MonotonicTime, received: MonotonicTime, answered: MonotonicTime,
    returned: MonotonicTime
  ) -> Duration? {
    let (whole, wholeOverflows) = returned.microseconds.subtractingReportingOverflow(
      sent.microseconds)
    let (own, ownOverflows) = answered.microseconds.subtractingReportingOverflow(
      received.microseconds)
    guard !wholeOverflows, !ownOverflows, own >= 0, whole >= own else { return nil }
    let (out, outOverflows) = received.microseconds.subtractingReportingOverflow(sent.microseconds)
    let (back, backOverflows) = answered.microseconds.subtractingReportingOverflow(
      returned.microseconds)
    guard !outOverflows, !backOverflows else { return nil }
    samples.append((whole - own, out / 2 + back / 2))
    if samples.count > Self.kept { samples.removeFirst() }
    return .microseconds(whole - own)
  }

  private var best: (roundTrip: Int64, offset: Int64)? {
    samples.min { $0.roundTrip < $1.roundTrip }
  }

  /// How far the server's clock is ahead; nil before the first ping came back.
  package var offset: Duration? { best.map { .microseconds($0.offset) } }

  /// The most that the offset is wrong by: half the round trip.
  package var error: Duration? { best.map { .microseconds($0.roundTrip / 2) } }
}
