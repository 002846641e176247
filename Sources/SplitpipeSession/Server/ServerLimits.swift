/// What a server takes, and how long it waits; every bound there is.
package struct ServerLimits: Sendable {
  /// Bytes of one packet.
  package var packetBytes = 4 << 20
  /// Bytes of a message that is no packet, the Hello above all.
  package var messageBytes = 64 << 10
  /// From the beginning of a stream to its Hello.
  package var handshake: Duration = .seconds(5)
  /// How long an edge may say nothing.
  package var silence: Duration = .seconds(30)
  /// After what silence of the server's an edge connects again: in live delivery, and in every-frame.
  package var liveServerSilence: Duration = .milliseconds(1_000)
  package var everyFrameServerSilence: Duration = .seconds(10)
  /// From one ping of an edge to its next.
  package var pingInterval: Duration = .milliseconds(200)
  /// From one Feedback to the next.
  package var feedbackInterval: Duration = .milliseconds(100)
  /// Cameras at a time.
  package var sessions = 256
  /// Frames of a camera without an answer.
  package var unacknowledgedFrames = 8
  /// Bytes of these.
  package var unacknowledgedBytes = 16 << 20
  /// Frames a second of a camera: this many, or twice what it announces, whichever is more.
  package var leastFrameRate = 8.0
  /// How many seconds' worth of frames may come at once.
  package var frameBurst = 2.0
  /// Key frames asked of a camera in a second.
  package var keyRequestsPerSecond = 2.0
  /// Boxes of a frame.
  package var boxes = 1_000
  /// The share of the tail's time that live cameras may announce before each is given a lower rate.
  package var load = 0.8
  /// The lowest rate that is given; below it a camera is refused.
  package var leastGivenRate = 1.0
  /// Seconds that accepted frames have when the server stops.
  package var drain: Duration = .seconds(5)
  /// Over how long edges are spread that come back after the server has stopped.
  package var reconnectSpread: Duration = .seconds(2)

  package init() {}
}
