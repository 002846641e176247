package import SplitpipeProtocol

/// The messages of the protocol by short names.
package typealias EdgeMessage = Splitpipe_V1_EdgeMessage
package typealias ServerMessage = Splitpipe_V1_ServerMessage
package typealias Hello = Splitpipe_V1_Hello
package typealias Welcome = Splitpipe_V1_Welcome
package typealias FrameMessage = Splitpipe_V1_Frame
package typealias ResultMessage = Splitpipe_V1_Result
package typealias Feedback = Splitpipe_V1_Feedback
package typealias Ping = Splitpipe_V1_Ping
package typealias Pong = Splitpipe_V1_Pong
package typealias Refusal = Splitpipe_V1_Refusal
package typealias Goodbye = Splitpipe_V1_Goodbye
package typealias DescribeReply = Splitpipe_V1_DescribeReply

/// Version of the protocol that this code speaks.
package let protocolVersion: UInt32 = 1

/// The edge's end of one stream.
package struct EdgeStream: Sendable {
  /// Writes a message; suspends while the connection is full.
  package let send: @Sendable (EdgeMessage) async throws -> Void
  /// The next message; nil once the server has ended the stream without a fault. One task at a time.
  package let receive: @Sendable () async throws -> ServerMessage?

  package init(
    send: @escaping @Sendable (EdgeMessage) async throws -> Void,
    receive: @escaping @Sendable () async throws -> ServerMessage?
  ) {
    self.send = send
    self.receive = receive
  }
}

/// The server's end of one stream.
package struct ServerStream: Sendable {
  /// Writes a message; suspends while the connection is full.
  package let send: @Sendable (ServerMessage) async throws -> Void
  /// The next message; nil once the edge has ended the stream. One task at a time.
  package let receive: @Sendable () async throws -> EdgeMessage?

  package init(
    send: @escaping @Sendable (ServerMessage) async throws -> Void,
    receive: @escaping @Sendable () async throws -> EdgeMessage?
  ) {
    self.send = send
    self.receive = receive
  }
}

/// What brings an edge's streams to a server; each call is a connection of its own.
package protocol SessionTransport: Sendable {
  /// For reports: where it leads.
  var description: String { get }
  /// Bytes that left and came, over all connections.
  var traffic: (up: Int, down: Int) { get }
  /// Connects, opens a stream, and closes both when the body is done.
  ///
  /// - Throws: `SessionProblem` for whatever the connection or the server has against it; what the
  ///   body throws.
  func withStream(_ body: @escaping @Sendable (EdgeStream) async throws -> Void) async throws
}

extension EdgeMessage {
  package init(_ kind: OneOf_Kind) {
    self.init()
    self.kind = kind
  }
}

extension ServerMessage {
  package init(_ kind: OneOf_Kind) {
    self.init()
    self.kind = kind
  }
}
