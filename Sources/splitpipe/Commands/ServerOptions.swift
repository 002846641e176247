import ArgumentParser
import Glibc
import SplitpipeCore
import SplitpipeNetwork
import SplitpipeSession
import SplitpipeStages

/// How an edge knows its server, and what it shows to it.
struct ServerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Run the tail at this server, see splitpipe serve; only the head runs here.",
      valueName: "host:port"))
  var server: String?

  @Option(
    help: "Who signs the server's certificate, PEM. (default: the system's)", completion: .file())
  var ca: String?

  @Option(help: "The certificate chain of this camera, PEM.", completion: .file())
  var certificate: String?

  @Option(help: "The certificate's private key, PEM.", completion: .file())
  var key: String?

  @Option(help: "A file with this camera's token.", completion: .file())
  var tokenFile: String?

  @Flag(help: "Connect without TLS: in the clear, and to whoever answers.")
  var insecure = false

  @Option(
    help:
      "The camera's name, as in its certificate or token. (default: of the certificate, else of this machine)"
  )
  var camera: String?

  @Option(
    help: """
      every-frame: the source waits, nothing is left out; live: the newest frame wins. (default: live for \
      streams and cameras, every-frame for all else)
      """)
  var delivery: String?

  @Option(
    help: ArgumentHelp(
      "From the capture of a frame to its boxes, in live delivery. (default: 0.25)",
      valueName: "seconds"))
  var latencyBudget: Double?

  func validate() throws {
    if server == nil {
      let given: [(String, Bool)] = [
        ("--ca", ca != nil), ("--certificate", certificate != nil), ("--key", key != nil),
        ("--token-file", tokenFile != nil), ("--insecure", insecure), ("--camera", camera != nil),
        ("--delivery", delivery != nil), ("--latency-budget", latencyBudget != nil),
      ]
      if let name = given.first(where: \.1)?.0 {
        throw ValidationError("\(name) is of a server: give --server HOST:PORT as well")
      }
    }
    if let latencyBudget, !(0.01...60).contains(latencyBudget) {
      throw ValidationError("--latency-budget is 0.01 to 60 seconds, not \(latencyBudget)")
    }
  }
}

extension ServerOptions {
  /// What a run asks of a server.
  ///
  /// - Parameter log: takes sentences on the connection.
  /// - Returns: nil where the tail runs here.
  /// - Throws: `usage` for what is no address, no name or does not go together; what reading certificate and
  ///   token throws.
  func request(log: @escaping @Sendable (String) -> Void) throws -> ServerRequest? {
    guard let server else { return nil }
    let address = try Address.parse(server, option: "--server")
    var security = ClientSecurity()
    security.authority = ca
    security.certificate = certificate
    security.key = key
    security.tokenFile = tokenFile
    security.isPlain = insecure
    try security.check(for: address)
    if insecure, !address.isLoopback {
      log("warning: --insecure: everything is sent in the clear, to whoever answers at \(address)")
    }
    let name = try camera.map { try CameraName.parse($0) }
    var request = ServerRequest(
      camera: try name ?? security.camera(orOfHost: hostName()),
      transport: GRPCTransport(address, security: security, note: { log("note: \($0)") }), log: log)
    request.delivery = try delivery.map { text in
      guard let delivery = Delivery(rawValue: text) else {
        let names = Delivery.allCases.map(\.rawValue).joined(separator: " or ")
        throw SplitpipeError(.usage, "--delivery is \(names), not \"\(text)\"")
      }
      return delivery
    }
    request.latencyBudget = latencyBudget.map { .seconds($0) }
    return request
  }
}

/// What this machine calls itself.
private func hostName() -> String {
  var name = [CChar](repeating: 0, count: 256)
  guard unsafe gethostname(&name, name.count - 1) == 0 else { return "camera" }
  return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
