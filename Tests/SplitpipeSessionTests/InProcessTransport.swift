import SplitpipeConcurrency
import SplitpipeProtocol
import SwiftProtobuf
import Synchronization

@testable import SplitpipeSession

/// Brings streams to a server in this process, by way of the bytes that would cross a wire; the way can be
/// cut, and packets can be damaged.
final class InProcessTransport: SessionTransport {
  private let server: TailServer
  private let peer: Peer
  private let damage: @Sendable (FrameMessage) -> FrameMessage
  private let cut = Monitor(0)
  private let opened = Atomic(0)

  init(
    _ server: TailServer, peer: Peer = Peer(.anyone, address: "here"),
    damage: @escaping @Sendable (FrameMessage) -> FrameMessage = { $0 }
  ) {
    self.server = server
    self.peer = peer
    self.damage = damage
  }

  let description = "in process"
  let traffic = (up: 0, down: 0)
  var connections: Int { opened.load(ordering: .relaxed) }

  /// Ends the streams there are.
  func cutAll() { cut.change { $0 += 1 } }

  func withStream(_ body: @escaping @Sendable (EdgeStream) async throws -> Void) async throws {
    opened.add(1, ordering: .relaxed)
    let up = BoundedChannel<[UInt8]>(capacity: 64)
    let down = BoundedChannel<[UInt8]>(capacity: 64)
    let before = cut.look { $0 }
    let (server, peer, damage, cut) = (server, peer, damage, cut)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      defer { group.cancelAll() }
      group.addTask {
        let stream = ServerStream(
          send: { try await down.send($0.serializedBytes()) },
          receive: { try await up.receive().map { try EdgeMessage(serializedBytes: $0) } })
        defer { down.finish() }
        try await server.serve(stream, peer: peer)
        return false
      }
      group.addTask {
        _ = try await cut.when { $0 > before ? true : nil }
        throw SessionProblem(.unavailable, "the way was cut")
      }
      group.addTask {
        let stream = EdgeStream(
          send: { message in
            var message = message
            if case .frame(let frame) = message.kind { message.kind = .frame(damage(frame)) }
            try await up.send(message.serializedBytes())
          },
          receive: { try await down.receive().map { try ServerMessage(serializedBytes: $0) } })
        defer { up.finish() }
        try await body(stream)
        return true
      }
      while let isEdge = try await group.next() { if isEdge { return } }
    }
  }
}
