import NIOSSL
import SplitpipeCore
import SplitpipeFiles
package import SplitpipeSession

/// How an edge knows its server, and what it shows to it.
package struct ClientSecurity: Sendable {
  /// Certificates of whom the server's may be signed by, PEM; nil for those of the system.
  package var authority: String?
  /// The edge's own certificate and those it is signed by, PEM.
  package var certificate: String?
  /// The certificate's private key, PEM.
  package var key: String?
  /// Holds a bearer token.
  package var tokenFile: String?
  /// Neither encrypted nor proven.
  package var isPlain = false

  package init() {}

  /// Finds out what is wrong before anything is connected.
  ///
  /// - Parameter address: of the server.
  /// - Throws: `usage` for options that do not go together, what reading the files throws.
  package func check(for address: Address) throws {
    try checkPair(certificate: certificate, key: key)
    if isPlain, certificate != nil || authority != nil {
      throw SplitpipeError(
        .usage,
        "--insecure sends in the clear, so --ca and --certificate have no use; leave one out")
    }
    if isPlain, tokenFile != nil, !address.isLoopback {
      throw SplitpipeError(
        .usage, "--insecure would show the token to everyone on the way; leave one of them out")
    }
    _ = try context()
    _ = try token()
  }

  /// TLS 1.3 with what the files hold now; nil where the connection is in the clear.
  func context() throws -> NIOSSLContext? {
    guard !isPlain else { return nil }
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv13
    configuration.applicationProtocols = ["h2"]
    configuration.certificateVerification = .fullVerification
    if let authority {
      configuration.trustRoots = .certificates(try readCertificates(authority, option: "--ca"))
    }
    if let certificate, let key {
      configuration.certificateChain = try readCertificates(certificate, option: "--certificate")
        .map { .certificate($0) }
      configuration.privateKey = .privateKey(try readKey(key))
    }
    return try makeContext(configuration)
  }

  /// The token; nil where there is none.
  func token() throws -> String? {
    guard let tokenFile else { return nil }
    let bytes = try readFile(tokenFile, limit: TokenFile.byteLimit)
    let token = String(decoding: bytes, as: UTF8.self).trimmed
    guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw SplitpipeError(
        .badData, "\(tokenFile): expected one token of printable characters, without spaces")
    }
    return token
  }
}

extension String {
  /// Without white space at either end.
  var trimmed: String {
    var rest = self[...]
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}

extension ClientSecurity {
  /// The camera's name where the user gives none: that of the certificate where it has one, else that of the
  /// machine, as far as it is made of what names are.
  ///
  /// - Throws: what reading the certificate throws.
  package func camera(orOfHost host: String) throws -> CameraName {
    if let certificate {
      let leaf = try readCertificates(certificate, option: "--certificate")[0]
      let names = CameraNames(leaf).names
      if names.count == 1, let name = names.first { return name }
      if names.count > 1 {
        throw SplitpipeError(
          .usage,
          "\(certificate) speaks for several cameras ("
            + names.map(\.text).sorted().joined(separator: ", ") + "); say which by --camera")
      }
    }
    let text = String(host.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    return CameraName(String(text.prefix(CameraName.longest))) ?? .unnamed
  }
}
