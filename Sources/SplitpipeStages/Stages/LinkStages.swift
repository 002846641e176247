import SplitpipeCore
import SplitpipePipeline
import SplitpipeTransport

/// Puts the packet's bytes on the link; waits while the link is full.
struct SendStage: Stage {
  static let name = "send"
  static let summary = "puts the packet's bytes on the link"
  static let reads: SlotSet = [Slots.packet]
  static let options: [any AnyPipelineOption] = [packets, bytes, medium, damage, seed]

  private static let packets = PipelineOption<Int>(
    "packets", 1...1024, default: 4, "packets the link may hold")
  private static let bytes = PipelineOption<Int>(
    "bytes", 1...(1 << 40), default: 16 << 20, "bytes the link may hold")
  private static let medium = PipelineOption<Medium>(
    "over", default: .memory, "what carries the packets: memory, or a pair of sockets")
  private static let damage = PipelineOption<Double>(
    "damage", 0...1, default: 0, "share of packets of which a byte is changed on the way")
  private static let seed = PipelineOption<Int>(
    "seed", 0...Int.max, default: 0, "of the damage")

  /// What carries packets from one stage to the other within a process.
  private enum Medium: String, CaseIterable, Sendable { case memory, sockets }

  private let link: any PacketLink

  init(_ context: RunContext, _ options: Options) {
    link = context.link
  }

  /// Frames that have been sent wait for `receive`, as many as their packets.
  static func queue(_ options: Options) -> Int? { options[packets] }

  mutating func process(_ record: inout FrameRecord) async throws {
    try await link.send(record.require(Slots.packet))
  }

  mutating func finish() async throws { await link.finish() }

  /// The link that both stages share.
  ///
  /// - Parameter options: of the stage in the run's plan.
  /// - Returns: the link, not yet used.
  /// - Throws: `unavailable` if the system has no socket or thread left.
  static func link(_ options: Options) throws -> any PacketLink {
    let link: any PacketLink =
      switch options[medium] {
      case .memory:
        InProcessLink(
          capacity: LinkCapacity(packets: options[packets], bytes: options[bytes]))
      case .sockets: try StreamLink.loopback(limit: options[bytes])
      }
    guard options[damage] > 0 else { return link }
    return DamagingLink(link, share: options[damage], seed: UInt64(options[seed]))
  }
}

/// Takes the packet's bytes from the link's other end.
struct ReceiveStage: Stage {
  static let name = "receive"
  static let summary = "takes the packet's bytes from the link"
  static let writes: SlotSet = [Slots.received]

  private let link: any PacketLink

  init(_ context: RunContext, _ options: Options) { link = context.link }

  mutating func process(_ record: inout FrameRecord) async throws {
    guard let received = try await link.receive() else {
      throw SplitpipeError(.unavailable, "the \(link.description) link ended before the video did")
    }
    record[Slots.received] = received
  }
}
