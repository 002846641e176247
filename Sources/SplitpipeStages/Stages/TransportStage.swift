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
}

extension TransportStage {
  static let name = "transport"
  static let summary = "carries the packet's bytes over a link"
  static let reads: SlotSet = [Slots.packet]
  static let writes: SlotSet = [Slots.received]
  static let options: [any AnyPipelineOption] = [packets, bytes]

  static let packets = PipelineOption<Int>(
    "packets", 1...1024, default: 4, "packets the link may hold")
  static let bytes = PipelineOption<Int>(
    "bytes", 1...(1 << 40), default: 16 << 20, "bytes the link may hold")

  init(_ context: RunContext, _ options: Options) {
    self.init(
      link: InProcessLink(
        capacity: LinkCapacity(packets: options[Self.packets], bytes: options[Self.bytes])))
  }
}
