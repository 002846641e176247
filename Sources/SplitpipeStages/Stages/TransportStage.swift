import SplitpipeCore
import SplitpipePipeline
import SplitpipeTransport

/// Sends the packet's bytes over a link and takes them from its other end.
struct TransportStage: Stage {
  let link: any PacketLink

  mutating func process(_ record: inout FrameRecord) async throws {
    try await link.send(record.require(Slots.packet))
    guard let received = try await link.receive() else {
      throw SplitpipeError(.unavailable, "the \(link.description) ended before the video did")
    }
    record[Slots.received] = received
  }

  mutating func finish() async throws { await link.finish() }

  static let definition = StageDefinition<RunContext>(
    "transport", "carries the packet's bytes over a link",
    reads: [Slots.packet.name], writes: [Slots.received.name],
    options: [
      OptionSpecification(
        "packets", .integer(1...1024), default: .integer(4), "packets the link may hold"),
      OptionSpecification(
        "bytes", .integer(1...(1 << 40)), default: .integer(16 << 20), "bytes the link may hold"),
    ],
    make: .stage { _, options in
      TransportStage(
        link: InProcessLink(
          capacity: LinkCapacity(
            packets: options.integer("packets") ?? 4, bytes: options.integer("bytes") ?? 16 << 20)))
    })
}
