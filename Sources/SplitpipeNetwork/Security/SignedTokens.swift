import JWTKit
import SplitpipeCore
import SplitpipeFiles
import SplitpipeSession

/// Tokens that someone else signs: JSON Web Tokens (RFC 7519) by ES256, whose `sub` names the camera and
/// whose `exp` ends them.
struct SignedTokens: Sendable {
  private let keys: JWTKeyCollection

  private struct Claims: JWTPayload {
    let sub: SubjectClaim
    let exp: ExpirationClaim
    let nbf: NotBeforeClaim?

    func verify(using algorithm: some JWTAlgorithm) throws {
      try exp.verifyNotExpired()
      try nbf?.verifyNotBefore()
    }
  }

  /// - Parameter path: a public key of the curve P-256, PEM.
  /// - Throws: what reading throws, `badData` where it holds no such key.
  init(_ path: String) async throws {
    let text = String(decoding: try readFile(path, limit: TokenFile.byteLimit), as: UTF8.self)
    do {
      keys = await JWTKeyCollection().add(ecdsa: try ES256PublicKey(pem: text))
    } catch {
      throw SplitpipeError(
        .badData, "\(path), given to --token-key: expected a public key of the curve P-256 in PEM")
    }
  }

  /// Whom a token speaks for.
  ///
  /// - Throws: `SessionProblem` where it is not signed by the key, has expired, or names no camera.
  func cameras(of token: String) async throws -> Set<CameraName> {
    let claims: Claims
    do {
      claims = try await keys.verify(token, as: Claims.self)
    } catch {
      throw SessionProblem(.unauthenticated, "the token is not valid: \(Self.reason(error))")
    }
    guard let camera = CameraName(claims.sub.value) else {
      throw SessionProblem(.unauthenticated, "the token's \"sub\" names no camera")
    }
    return [camera]
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? JWTError else { return "it cannot be read" }
    switch error.errorType {
    case .claimVerificationFailure: return error.reason ?? "a claim does not hold"
    case .signatureVerificationFailed: return "it is not signed by the key of this server"
    default: return "it is no JSON Web Token that this server can verify"
    }
  }
}
