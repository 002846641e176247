package import SplitpipeCore

/// How a server proves who it is, and how its cameras are to.
package struct ServerSecurity: Sendable {
  /// The server's certificate and those it is signed by, PEM.
  package var certificate: String?
  /// The certificate's private key, PEM.
  package var key: String?
  /// Certificates of whom those of cameras are signed by, PEM.
  package var clientAuthority: String?
  /// Hashed tokens, one camera a line.
  package var tokenFile: String?
  /// The public key, PEM, of whoever signs tokens (JWT, ES256).
  package var tokenKey: String?
  /// Whoever can reach the port is served.
  package var isOpen = false

  package init() {}

  /// Whether connections are encrypted.
  package var isEncrypted: Bool { certificate != nil }

  /// Whether a camera has to show who it is.
  package var asksForProof: Bool {
    clientAuthority != nil || tokenFile != nil || tokenKey != nil
  }

  /// Finds out what does not go together.
  ///
  /// - Parameter address: to listen on.
  /// - Throws: `usage`.
  package func check(for address: Address) throws(SplitpipeError) {
    func refuse(_ sentence: String) -> SplitpipeError { SplitpipeError(.usage, sentence) }
    try checkPair(certificate: certificate, key: key)
    if clientAuthority != nil, certificate == nil {
      throw refuse("--client-ca needs TLS: give --certificate and --key of the server")
    }
    guard !address.isLoopback, !isOpen else { return }
    guard isEncrypted else {
      throw refuse(
        "\(address) can be reached from other machines: give --certificate and --key, or --insecure to "
          + "send everything in the clear")
    }
    guard asksForProof else {
      throw refuse(
        "\(address) can be reached from other machines: give --client-ca, --token-file or --token-key, "
          + "or --insecure to serve whoever asks")
    }
  }
}
