import NIOSSL
import SplitpipeSession

/// Encrypts the server's end of connections by TLS 1.3, with the keys that its files hold at the time.
struct TLSServer: Sendable {
  private let context: Reloaded<NIOSSLContext>

  /// - Parameters:
  ///   - security: names the files.
  ///   - log: takes a sentence when they were read again.
  /// - Throws: what reading them throws; nil where nothing is encrypted.
  init?(_ security: ServerSecurity, log: @escaping @Sendable (String) -> Void) throws {
    guard let certificate = security.certificate, let key = security.key else { return nil }
    let authority = security.clientAuthority
    // A camera with a token needs no certificate; one that shows a certificate shows a valid one.
    let isOptional = security.tokenFile != nil || security.tokenKey != nil
    context = try Reloaded([certificate, key] + (authority.map { [$0] } ?? []), log: log) {
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: try readCertificates(certificate, option: "--certificate")
          .map { .certificate($0) },
        privateKey: .privateKey(try readKey(key)))
      configuration.minimumTLSVersion = .tlsv13
      configuration.applicationProtocols = ["h2"]
      if let authority {
        configuration.trustRoots = .certificates(
          try readCertificates(authority, option: "--client-ca"))
        configuration.certificateVerification =
          isOptional ? .optionalVerification : .noHostnameVerification
      }
      return try makeContext(configuration)
    }
  }

  /// For one connection.
  func handler() -> NIOSSLServerHandler { NIOSSLServerHandler(context: context.current) }
}
