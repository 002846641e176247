import GRPCCore

/// What both ends of a connection set alike.
enum ConnectionSettings {
  /// Bytes under way before the other side has read them: with HTTP/2's usual 64 kB, a frame of 100 kB needs
  /// a second round trip.
  static let window = 4 << 20
  /// Bytes of one HTTP/2 frame.
  static let frameSize = 128 << 10
  /// Bytes of one message of the server's: the most boxes there are, twice.
  static let mostReplyBytes = 1 << 20
  /// Streams of one connection at a time: a camera has one, a balancer may join a few.
  static let streams = 64
  /// Connections beside two for each camera that a server may have: those of health checks, and those that
  /// have not shown yet who they are.
  static let spareConnections = 64
  /// From the end of the last stream to the end of the server, at most.
  static let farewell: Duration = .milliseconds(500)
}

/// The methods of the services.
enum ServiceMethods {
  static let session = MethodDescriptor(
    fullyQualifiedService: "splitpipe.v1.Splitpipe", method: "Session")
  static let describe = MethodDescriptor(
    fullyQualifiedService: "splitpipe.v1.Splitpipe", method: "Describe")
  static let check = MethodDescriptor(
    fullyQualifiedService: "grpc.health.v1.Health", method: "Check")
  static let watch = MethodDescriptor(
    fullyQualifiedService: "grpc.health.v1.Health", method: "Watch")
}
