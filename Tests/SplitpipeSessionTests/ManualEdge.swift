import FoundationEssentials
import SplitpipeCodec
import SplitpipeConcurrency
import SplitpipeCore
import SplitpipeEndpoints
import SplitpipeProtocol
import Testing

@testable import SplitpipeSession

/// An edge that says what a test tells it to.
struct ManualEdge: Sendable {
  let up: BoundedChannel<EdgeMessage>
  let down: BoundedChannel<ServerMessage>
  let hello: Hello

  func send(_ kind: EdgeMessage.OneOf_Kind) async throws { try await up.send(EdgeMessage(kind)) }

  /// The next message that the body has an answer to; those before are dropped.
  func next<Found>(_ body: (ServerMessage.OneOf_Kind) -> Found?) async throws -> Found {
    while let message = try await down.receive() {
      if let kind = message.kind, let found = body(kind) { return found }
    }
    throw Ended()
  }

  struct Ended: Error {}

  func welcome() async throws -> Welcome {
    try await next { if case .welcome(let welcome) = $0 { welcome } else { nil } }
  }

  /// A frame of the fixture as it travels.
  func frame(_ packet: Packet) -> EdgeMessage.OneOf_Kind {
    var message = FrameMessage()
    message.sequence = packet.sequence
    message.index = UInt64(packet.stamp.index)
    message.key = packet.dependency == .key
    message.packet = Data(packet.serialized())
    return .frame(message)
  }
}

extension SessionFixture {
  /// Packets of frames, the first a key.
  func packets(_ count: Int, _ coding: CodingSettings) throws -> [Packet] {
    var sender = try FrameSender(settings: coding.codec, fingerprint: edge.fingerprint)
    return try (0..<count).map { index in
      let frame = try frame(index)
      return try sender.send(frame.frontier, stamp: frame.stamp, sizes: frame.sizes).packet
    }
  }

  /// Has a stream to a server, from the Hello on, until the body is done.
  ///
  /// - Parameters:
  ///   - server: which need not run its tail.
  ///   - camera: the stream's.
  ///   - delivery: the stream's.
  ///   - frameRate: that is announced; 0 for none.
  ///   - epoch: of the connection.
  ///   - runsTail: whether the server's tail runs meanwhile, on the thread that the caller is on.
  ///   - changing: what is to be different in the Hello.
  ///   - body: what the edge does.
  /// - Returns: what the server had against the stream; nil where it ended it as any other.
  /// - Throws: what the body throws.
  func stream(
    to server: TailServer, camera: String = "cam", delivery: Delivery = .live,
    frameRate: Double = 0, epoch: UInt64 = 1, runsTail: Bool = false,
    changing: (inout Hello) -> Void = { _ in },
    _ body: @escaping @Sendable (ManualEdge) async throws -> Void
  ) async throws -> SessionProblem? {
    var settings = try settings(coding(.rle, 3), delivery)
    settings.camera = try #require(CameraName(camera))
    settings.frameRate = frameRate
    var hello = try RemoteTail(edge, settings: settings, transport: InProcessTransport(server))
      .hello(epoch: epoch)
    changing(&hello)
    let edge = ManualEdge(
      up: BoundedChannel(capacity: 64), down: BoundedChannel(capacity: 1_000), hello: hello)
    return try await withThrowingTaskGroup(of: SessionProblem?.self) { group in
      if runsTail {
        group.addTask {
          do { try await server.run() } catch is CancellationError {}
          return nil
        }
      }
      group.addTask {
        let stream = ServerStream(
          send: { try await edge.down.send($0) }, receive: { try await edge.up.receive() })
        defer { edge.down.finish() }
        do {
          try await server.serve(stream, peer: Peer(.anyone, address: "here"))
          return nil
        } catch let problem as SessionProblem { return problem }
      }
      group.addTask {
        defer { edge.up.finish() }
        do { try await body(edge) } catch is ManualEdge.Ended {}
        return nil
      }
      defer { group.cancelAll() }
      var problem: SessionProblem?
      // The edge and the server.
      for _ in 0..<2 { problem = try await group.next()?.flatMap { $0 } ?? problem }
      return problem
    }
  }
}
