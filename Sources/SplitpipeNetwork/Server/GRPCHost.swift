import GRPCCore
import GRPCNIOTransportHTTP2
import NIOCore
import NIOPosix
import SplitpipeCore
package import SplitpipeSession

/// Offers a tail to the network: gRPC over HTTP/2, encrypted by TLS 1.3.
package struct GRPCHost: Sendable {
  private let tail: TailServer
  private let server: GRPCServer<HTTP2ServerTransport.Posix>

  /// - Parameters:
  ///   - tail: what is offered.
  ///   - address: to listen on; port 0 takes a free one.
  ///   - security: who may use it.
  ///   - log: takes sentences for the operator.
  /// - Throws: `usage` for options that do not go together and hosts that are no address, what reading the
  ///   files throws.
  package init(
    _ tail: TailServer, address: Address, security: ServerSecurity,
    log: @escaping @Sendable (String) -> Void
  ) async throws {
    try security.check(for: address)
    self.tail = tail
    let authenticator = try await Authenticator(security, log: log)
    let tls = try TLSServer(security, log: log)
    let limits = tail.limits
    let guards = ConnectionGuard(
      most: limits.sessions * 2 + ConnectionSettings.spareConnections, patience: limits.handshake)
    let said = OnceFlag()
    var config = HTTP2ServerTransport.Posix.Config.defaults
    config.http2.targetWindowSize = ConnectionSettings.window
    config.http2.maxFrameSize = ConnectionSettings.frameSize
    config.http2.maxConcurrentStreams = ConnectionSettings.streams
    config.rpc.maxRequestPayloadSize = limits.packetBytes + limits.messageBytes
    config.connection.flushCoalescing = nil
    config.channelDebuggingCallbacks.onAcceptTCPConnection = { channel in
      guards.accept(channel).flatMap {
        channel.eventLoop.makeCompletedFuture {
          if let tls {
            try channel.pipeline.syncOperations.addHandler(tls.handler(), position: .first)
          }
        }
      }.flatMap {
        SocketSettings().apply(to: channel) { sentence in if said.isFirst { log(sentence) } }
      }
    }
    config.channelDebuggingCallbacks.onAcceptHTTP2Stream = { stream in
      if let connection = stream.parent { guards.streamBegan(on: connection) }
      return stream.eventLoop.makeSucceededVoidFuture()
    }
    let transport = HTTP2ServerTransport.Posix(
      address: try address.listening(), transportSecurity: .plaintext, config: config)
    server = GRPCServer(
      transport: transport,
      services: [SplitpipeService(tail, authenticator: authenticator), HealthService(tail)])
  }

  /// Serves until it is told to stop, then lets what was accepted finish.
  ///
  /// - Parameters:
  ///   - ready: called once with the address that cameras may connect to.
  ///   - stopping: returns when it is time to stop.
  /// - Throws: `unavailable` where the address cannot be listened on.
  package func run(
    ready: @escaping @Sendable (Address) -> Void,
    until stopping: @escaping @Sendable () async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      defer { group.cancelAll() }
      group.addTask { try await tail.run() }
      group.addTask { try await serve() }
      let listening = try await listeningAddress(group: &group)
      ready(listening)
      group.addTask {
        try await stopping()
        await tail.drain()
        server.beginGracefulShutdown()
        // What is still open has had its time.
        try await Task.sleep(for: ConnectionSettings.farewell)
      }
      // Whatever ends first ends all: the server when it has stopped, or a failure.
      try await group.next()
    }
  }

  private func serve() async throws {
    do {
      try await server.serve()
    } catch let error as RuntimeError {
      throw SplitpipeError(
        .unavailable, "cannot listen: \(error.cause.map { "\($0)" } ?? error.message)")
    }
  }

  private func listeningAddress(
    group: inout ThrowingTaskGroup<Void, any Error>
  ) async throws -> Address {
    do {
      let address = try await server.transport.listeningAddress
      if let found = address.ipv4 { return Address(host: found.host, port: found.port) }
      if let found = address.ipv6 { return Address(host: found.host, port: found.port) }
      throw SplitpipeError(.bug, "the server listens on \(address), which is no address of IP")
    } catch is RuntimeError {
      // Why it does not listen is what `serve` throws.
      try await group.next()
      throw SplitpipeError(.unavailable, "cannot listen: the server ended at once")
    }
  }
}

extension Address {
  /// - Throws: `usage` for a host that is no address of this machine's.
  fileprivate func listening() throws(SplitpipeError) -> GRPCNIOTransportCore.SocketAddress {
    if isIPv6 { return .ipv6(host: host, port: port) }
    if isIPv4 { return .ipv4(host: host, port: port) }
    if host == "localhost" { return .ipv4(host: "127.0.0.1", port: port) }
    throw SplitpipeError(
      .usage,
      "--listen \"\(self)\": expected an address of this machine, as in 0.0.0.0:\(port), "
        + "127.0.0.1:\(port) or [::]:\(port)")
  }
}
