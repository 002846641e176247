import GRPCCore
import GRPCNIOTransportHTTP2
import SplitpipeSession
import X509

/// Finds out who is at the other end of a stream, before anything it sends is decoded.
struct Authenticator: Sendable {
  private let asksForCertificate: Bool
  private let tokens: Reloaded<TokenFile>?
  private let signed: SignedTokens?

  /// - Parameters:
  ///   - security: what is asked for.
  ///   - log: takes a sentence when a file was read again.
  /// - Throws: what reading the files throws.
  init(_ security: ServerSecurity, log: @escaping @Sendable (String) -> Void) async throws {
    asksForCertificate = security.clientAuthority != nil
    tokens = try security.tokenFile.map { path in
      try Reloaded([path], log: log) { try TokenFile(path) }
    }
    var signed: SignedTokens?
    if let path = security.tokenKey { signed = try await SignedTokens(path) }
    self.signed = signed
  }

  /// Who a stream's other end is.
  ///
  /// - Parameters:
  ///   - metadata: of the request.
  ///   - context: of the transport, with the certificate that TLS has verified.
  /// - Returns: whom it may speak for.
  /// - Throws: `SessionProblem` where nothing, or nothing valid, was shown.
  func peer(_ metadata: Metadata, _ context: ServerContext) async throws -> Peer {
    let address = context.remotePeer
    guard asksForCertificate || tokens != nil || signed != nil else {
      return Peer(.anyone, address: address)
    }
    let transport = context.transportSpecific as? HTTP2ServerTransport.Posix.Context
    if asksForCertificate, let certificate = transport?.peerCertificate {
      let cameras = CameraNames(certificate).names
      guard !cameras.isEmpty else {
        throw SessionProblem(
          .unauthenticated,
          "the certificate names no camera; it needs the subject alternative name "
            + "URI:\(CameraNames.scheme)NAME")
      }
      return Peer(.cameras(cameras), address: address)
    }
    guard let token = Self.token(metadata) else {
      let wanted =
        tokens == nil && signed == nil
        ? "a client certificate"
        : asksForCertificate ? "a client certificate or a bearer token" : "a bearer token"
      throw SessionProblem(.unauthenticated, "this server asks for \(wanted)")
    }
    if let found = tokens?.current.cameras(of: token), !found.isEmpty {
      return Peer(.cameras(found), address: address)
    }
    guard let signed else {
      throw SessionProblem(.unauthenticated, "the token is none of this server's")
    }
    return Peer(.cameras(try await signed.cameras(of: token)), address: address)
  }

  private static func token(_ metadata: Metadata) -> String? {
    for value in metadata[stringValues: "authorization"] {
      let words = value.split(separator: " ")
      if words.count == 2, words[0].lowercased() == "bearer" { return String(words[1]) }
    }
    return nil
  }
}
