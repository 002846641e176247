import SplitpipeSession
import SplitpipeStatistics

/// What `splitpipe run --server --summary` writes under `link`; the keys are the command line's contract.
package struct LinkSummary: Encodable, Sendable {
  /// In seconds; null where nothing was measured.
  package struct Times: Encodable, Sendable {
    package let median: Double?
    package let p95: Double?
    package let p99: Double?

    init(_ histogram: DurationHistogram) {
      median = histogram.median
      p95 = histogram.seconds(atPercentile: 95)
      p99 = histogram.seconds(atPercentile: 99)
    }

    private enum CodingKeys: CodingKey { case median, p95, p99 }

    package func encode(to encoder: any Encoder) throws {
      var keys = encoder.container(keyedBy: CodingKeys.self)
      try keys.encode(median, forKey: .median)
      try keys.encode(p95, forKey: .p95)
      try keys.encode(p99, forKey: .p99)
    }
  }

  /// Medians of the server's shares, in seconds.
  package struct ServerTimes: Encodable, Sendable {
    package let queue: Double?
    package let restore: Double?
    package let tail: Double?

    private enum CodingKeys: CodingKey { case queue, restore, tail }

    package func encode(to encoder: any Encoder) throws {
      var keys = encoder.container(keyedBy: CodingKeys.self)
      try keys.encode(queue, forKey: .queue)
      try keys.encode(restore, forKey: .restore)
      try keys.encode(tail, forKey: .tail)
    }
  }

  package let server: String
  package let camera: String
  package let delivery: String
  package let roundTripSeconds: Times
  /// From the capture of a frame to its boxes, by the edge's clock.
  package let endToEndSeconds: Times
  /// Bytes on the wire, the framing of HTTP/2 and TLS included.
  package let bytesUp: Int
  package let bytesDown: Int
  /// Packets sent, those sent again included.
  package let sent: Int
  /// Frames left out before the head.
  package let gated: Int
  /// Frames restored by the server whose tail was not run.
  package let shed: Int
  /// Frames shown with boxes of one before.
  package let held: Int
  /// Frames whose boxes the device found itself.
  package let local: Int
  /// Frames whose answer never came.
  package let lost: Int
  /// Packets that the server had no use for.
  package let refused: Int
  package let keyRequests: Int
  /// Connections after the first.
  package let reconnects: Int
  package let serverSeconds: ServerTimes
  /// How far the server's clock is ahead of the edge's, and the most that this is wrong by.
  package let clockOffsetSeconds: Double?
  package let clockErrorSeconds: Double?

  private enum CodingKeys: CodingKey {
    case server, camera, delivery, roundTripSeconds, endToEndSeconds, bytesUp, bytesDown, sent,
      gated
    case shed, held, local, lost, refused, keyRequests, reconnects, serverSeconds
    case clockOffsetSeconds, clockErrorSeconds
  }

  init(_ remote: RemoteTail, _ tally: LinkTally) {
    let statistics = remote.statistics
    server = remote.description
    camera = remote.settings.camera.text
    delivery = remote.settings.delivery.rawValue
    roundTripSeconds = Times(statistics.roundTrips)
    endToEndSeconds = Times(tally.endToEnd)
    bytesUp = statistics.bytesUp
    bytesDown = statistics.bytesDown
    sent = statistics.sent
    gated = statistics.gated
    shed = tally.shed
    held = 0
    local = 0
    lost = tally.lost
    refused = statistics.refused
    keyRequests = statistics.keyRequests
    reconnects = max(0, statistics.connections - 1)
    serverSeconds = ServerTimes(
      queue: tally.queue.median, restore: tally.restore.median, tail: tally.tail.median)
    clockOffsetSeconds = statistics.clockOffset.map { Double($0.microseconds) / 1e6 }
    clockErrorSeconds = statistics.clockError.map { Double($0.microseconds) / 1e6 }
  }
}
