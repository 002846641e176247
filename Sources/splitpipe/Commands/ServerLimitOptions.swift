import ArgumentParser
import SplitpipeSession

/// What a server takes at most; each is a bound of `ServerLimits`.
struct ServerLimitOptions: ParsableArguments {
  @Option(help: "Cameras at a time. (default: 256)")
  var maxSessions: Int?

  @Option(help: "Bytes of a packet. (default: 4194304)")
  var maxPacket: Int?

  @Option(help: "Frames of a camera without an answer. (default: 8)")
  var maxUnanswered: Int?

  @Option(help: "Seconds that an edge may say nothing. (default: 30)")
  var silence: Double?

  func validate() throws {
    func check<Value: Comparable>(_ name: String, _ value: Value?, _ range: ClosedRange<Value>)
      throws
    {
      guard let value, !range.contains(value) else { return }
      throw ValidationError("\(name) is \(range.lowerBound) to \(range.upperBound), not \(value)")
    }
    try check("--max-sessions", maxSessions, 1...100_000)
    try check("--max-packet", maxPacket, 1_000...(1 << 28))
    try check("--max-unanswered", maxUnanswered, 1...1_000)
    try check("--silence", silence, 0.5...86_400)
  }

  var limits: ServerLimits {
    var limits = ServerLimits()
    if let maxSessions { limits.sessions = maxSessions }
    if let maxPacket { limits.packetBytes = maxPacket }
    if let maxUnanswered { limits.unacknowledgedFrames = maxUnanswered }
    if let silence { limits.silence = .seconds(silence) }
    return limits
  }
}
