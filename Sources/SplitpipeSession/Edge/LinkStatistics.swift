package import SplitpipeStatistics

/// What the connections of one session went through.
package struct LinkStatistics: Sendable {
  /// Bytes on the wire, the framing of gRPC and TLS included.
  package var bytesUp = 0
  package var bytesDown = 0
  /// Packets that left, those sent again included.
  package var sent = 0
  /// Packets that the server had no use for.
  package var refused = 0
  /// Key frames that the server asked for.
  package var keyRequests = 0
  /// Frames left out before the head.
  package var gated = 0
  /// Connections that came as far as the server's Welcome.
  package var connections = 0
  /// Round trips of pings, the server's share left out.
  package var roundTrips = DurationHistogram()
  /// How far the server's clock is ahead of this one, and the most that this is wrong by.
  package var clockOffset: Duration?
  package var clockError: Duration?
  /// What the server calls itself.
  package var server = ""

  package init() {}
}
