import ArgumentParser
import SplitpipeNetwork

/// How a server proves who it is, and how cameras do.
struct ServerSecurityOptions: ParsableArguments {
  @Option(help: "The server's certificate chain, PEM.", completion: .file())
  var certificate: String?

  @Option(help: "The certificate's private key, PEM.", completion: .file())
  var key: String?

  @Option(
    name: .customLong("client-ca"),
    help: "Who signs the certificates of cameras, PEM; each names URI:splitpipe://camera/NAME.",
    completion: .file())
  var clientAuthority: String?

  @Option(
    help: "Hashed tokens of cameras: a line each, the name and the SHA-256 of the token.",
    completion: .file())
  var tokenFile: String?

  @Option(
    help: "Public key, PEM, of whoever signs the tokens of cameras: JWT by ES256, sub and exp.",
    completion: .file())
  var tokenKey: String?

  @Flag(help: "Serve whoever can reach the port; without --certificate, in the clear.")
  var insecure = false

  var settings: ServerSecurity {
    var security = ServerSecurity()
    security.certificate = certificate
    security.key = key
    security.clientAuthority = clientAuthority
    security.tokenFile = tokenFile
    security.tokenKey = tokenKey
    security.isOpen = insecure
    return security
  }
}

extension ServerSecurity {
  /// What a person should know of a server that is open; nil where it is not.
  var warning: String? {
    guard isOpen else { return nil }
    if !isEncrypted {
      return "--insecure: everything is sent in the clear, and can be changed on the way"
    }
    return asksForProof ? nil : "--insecure: whoever can reach the port is served"
  }
}
