import GRPCCore
import GRPCNIOTransportHTTP2
import GRPCProtobuf
import NIOCore
import NIOPosix
import NIOSSL
import SplitpipeConcurrency
import SplitpipeProtocol
package import SplitpipeSession

/// Brings an edge's streams to a server over gRPC: each a connection of its own, so that one which hangs is
/// left behind with all that waits in it.
package final class GRPCTransport: SessionTransport {
  private let address: Address
  private let security: ClientSecurity
  private let note: @Sendable (String) -> Void
  private let counted = Traffic()

  /// - Parameters:
  ///   - address: of the server.
  ///   - security: how it is known, and what is shown to it.
  ///   - note: takes a sentence on what the kernel does not have.
  package init(
    _ address: Address, security: ClientSecurity, note: @escaping @Sendable (String) -> Void
  ) {
    self.address = address
    self.security = security
    let said = OnceFlag()
    self.note = { sentence in if said.isFirst { note(sentence) } }
  }

  package var description: String { address.description }

  package var traffic: (up: Int, down: Int) { (counted.up, counted.down) }

  package func withStream(
    _ body: @escaping @Sendable (EdgeStream) async throws -> Void
  ) async throws {
    let client = GRPCClient(transport: try transport())
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try? await client.runConnections() }
      defer { group.cancelAll() }
      do {
        try await call(client, body)
      } catch let error as RPCError {
        throw SessionProblem(error)
      } catch let error as RuntimeError {
        throw SessionProblem(.unavailable, "\(error)")
      }
      client.beginGracefulShutdown()
    }
  }

  private func transport() throws -> HTTP2ClientTransport.Posix {
    var config = HTTP2ClientTransport.Posix.Config.defaults
    config.http2.targetWindowSize = ConnectionSettings.window
    config.http2.maxFrameSize = ConnectionSettings.frameSize
    // A frame is written whole and waits for nothing after it.
    config.connection.flushCoalescing = nil
    let (counted, note) = (counted, note)
    let tls = try security.context().map { TLSClient(context: $0, address: address) }
    config.channelDebuggingCallbacks.onCreateTCPConnection = { channel in
      let handlers = channel.eventLoop.makeCompletedFuture {
        if let tls {
          try channel.pipeline.syncOperations.addHandler(tls.handler(), position: .first)
        }
        try channel.pipeline.syncOperations.addHandler(TrafficCounter(counted), position: .first)
      }
      return handlers.flatMap { SocketSettings().apply(to: channel, note: note) }
    }
    let target: any ResolvableTarget =
      address.isIPv4
      ? .ipv4(address: address.host, port: address.port)
      : address.isIPv6
        ? .ipv6(address: address.host, port: address.port)
        : .dns(host: address.host, port: address.port)
    return try HTTP2ClientTransport.Posix(
      target: target, transportSecurity: tls == nil ? .plaintext : .customSecure, config: config)
  }

  private func call(
    _ client: GRPCClient<HTTP2ClientTransport.Posix>,
    _ body: @escaping @Sendable (EdgeStream) async throws -> Void
  ) async throws {
    let handoff = Monitor(Handoff())
    var metadata = Metadata()
    if let token = try security.token() {
      metadata.addString("Bearer \(token)", forKey: "authorization")
    }
    let request = StreamingClientRequest<EdgeMessage>(metadata: metadata) { writer in
      handoff.change { $0.writer = writer }
      // The stream stays open for as long as the body speaks.
      _ = try await handoff.when { $0.isDone ? true : nil }
    }
    var options = CallOptions.defaults
    options.waitForReady = false
    options.maxResponseMessageBytes = ConnectionSettings.mostReplyBytes
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [options] in
        try await client.bidirectionalStreaming(
          request: request, descriptor: ServiceMethods.session,
          serializer: ProtobufSerializer<EdgeMessage>(),
          deserializer: ProtobufDeserializer<ServerMessage>(), options: options
        ) { response in
          // The call lasts until what writes to it has ended, too.
          defer { handoff.change { $0.isDone = true } }
          // A stream that is refused has no writer that anyone could wait for.
          if case .failure(let error) = response.accepted { throw error }
          handoff.change { $0.reader = MessageReader(response.messages) }
          _ = try await handoff.when { $0.isDone ? true : nil }
        }
      }
      // Servers may say nothing, not even headers, until they have heard the Hello.
      group.addTask {
        defer { handoff.change { $0.isDone = true } }
        try await body(Self.stream(handoff))
      }
      defer { group.cancelAll() }
      // The first that fails ends the other.
      while try await group.next() != nil {}
    }
  }

  private static func stream(_ handoff: Monitor<Handoff>) -> EdgeStream {
    EdgeStream(
      send: { message in
        let writer = try await handoff.when { $0.writer }
        do {
          try await writer.write(message)
        } catch is CancellationError {
          throw CancellationError()
        } catch {
          // Whoever reads learns why the stream is closed; that is what is to be told.
          try await Task.sleep(for: .milliseconds(300))
          throw SessionProblem(.unavailable, "the connection is closed")
        }
      },
      receive: {
        let reader = try await handoff.when { $0.reader }
        return try await reader.next()
      })
  }

  private struct Handoff: Sendable {
    var writer: RPCWriter<EdgeMessage>?
    var reader: MessageReader<ServerMessage>?
    var isDone = false
  }
}

/// Reads messages for one task at a time.
///
/// `@unchecked Sendable`: the stream's contract has one task read at a time.
final class MessageReader<Message: Sendable>: @unchecked Sendable {
  private var iterator: RPCAsyncSequence<Message, any Error>.AsyncIterator

  init(_ messages: RPCAsyncSequence<Message, any Error>) {
    iterator = messages.makeAsyncIterator()
  }

  func next() async throws -> Message? {
    do {
      return try await iterator.next()
    } catch let error as RPCError {
      throw SessionProblem(error)
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      throw SessionProblem(.unavailable, "the connection is closed: \(error)")
    }
  }
}
