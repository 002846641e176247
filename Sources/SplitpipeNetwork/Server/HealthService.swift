import GRPCCore
import GRPCProtobuf
import SplitpipeProtocol
import SplitpipeSession

/// The standard health service: serving until the server begins to stop. It tells nothing else, so it asks
/// for no proof.
struct HealthService: RegistrableRPCService {
  private typealias Request = Grpc_Health_V1_HealthCheckRequest
  private typealias Reply = Grpc_Health_V1_HealthCheckResponse

  private let tail: TailServer
  /// How often a watcher is looked after.
  private static let interval: Duration = .milliseconds(200)

  init(_ tail: TailServer) { self.tail = tail }

  func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
    router.registerHandler(
      forMethod: ServiceMethods.check, deserializer: ProtobufDeserializer<Request>(),
      serializer: ProtobufSerializer<Reply>()
    ) { request, _ in
      var service = ""
      for try await message in request.messages { service = message.service }
      let status = status(of: service)
      guard status != .serviceUnknown else {
        throw RPCError(code: .notFound, message: "no service of that name")
      }
      return StreamingServerResponse { writer in
        try await writer.write(Self.reply(status))
        return [:]
      }
    }
    router.registerHandler(
      forMethod: ServiceMethods.watch, deserializer: ProtobufDeserializer<Request>(),
      serializer: ProtobufSerializer<Reply>()
    ) { request, _ in
      var service = ""
      for try await message in request.messages { service = message.service }
      let watched = service
      return StreamingServerResponse { writer in
        var last: Reply.ServingStatus?
        while true {
          let status = status(of: watched)
          if status != last { try await writer.write(Self.reply(status)) }
          last = status
          try await Task.sleep(for: Self.interval)
        }
      }
    }
  }

  private func status(of service: String) -> Reply.ServingStatus {
    guard ["", "splitpipe.v1.Splitpipe"].contains(service) else { return .serviceUnknown }
    return tail.isReady ? .serving : .notServing
  }

  private static func reply(_ status: Reply.ServingStatus) -> Reply {
    var reply = Reply()
    reply.status = status
    return reply
  }
}
