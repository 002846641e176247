import GRPCCore
import GRPCProtobuf
import SplitpipeProtocol
import SplitpipeSession

/// The service of Documentation/network.md.
struct SplitpipeService: RegistrableRPCService {
  private let tail: TailServer
  private let authenticator: Authenticator

  init(_ tail: TailServer, authenticator: Authenticator) {
    self.tail = tail
    self.authenticator = authenticator
  }

  func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
    router.registerHandler(
      forMethod: ServiceMethods.session, deserializer: ProtobufDeserializer<EdgeMessage>(),
      serializer: ProtobufSerializer<ServerMessage>()
    ) { request, context in
      // Messages are decoded as they are read, none of them before this.
      let peer = try await peer(request.metadata, context)
      return StreamingServerResponse { writer in
        let messages = MessageReader(request.messages)
        let stream = ServerStream(
          send: { try await writer.write($0) }, receive: { try await messages.next() })
        do {
          try await tail.serve(stream, peer: peer)
        } catch let problem as SessionProblem {
          throw problem.status
        }
        return [:]
      }
    }
    router.registerHandler(
      forMethod: ServiceMethods.describe,
      deserializer: ProtobufDeserializer<Splitpipe_V1_DescribeRequest>(),
      serializer: ProtobufSerializer<DescribeReply>()
    ) { request, context in
      _ = try await peer(request.metadata, context)
      return StreamingServerResponse { writer in
        try await writer.write(tail.describe())
        return [:]
      }
    }
  }

  private func peer(_ metadata: Metadata, _ context: ServerContext) async throws -> Peer {
    do {
      return try await authenticator.peer(metadata, context)
    } catch let problem as SessionProblem {
      throw problem.status
    }
  }
}
