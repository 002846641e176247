import NIOSSL
import SplitpipeCore
import SplitpipeFiles

/// The most bytes of a file of certificates or of a key.
private let certificateByteLimit = 1 << 20

/// Reads certificates.
///
/// - Parameters:
///   - path: a PEM file.
///   - option: what it was given to.
/// - Returns: at least one.
/// - Throws: what reading throws, `badData` where it holds none.
func readCertificates(_ path: String, option: String) throws -> [NIOSSLCertificate] {
  let bytes = try readFile(path, limit: certificateByteLimit)
  do {
    let certificates = try NIOSSLCertificate.fromPEMBytes(bytes)
    guard !certificates.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
    return certificates
  } catch {
    throw SplitpipeError(
      .badData, "\(path), given to \(option): expected certificates in PEM (BEGIN CERTIFICATE)")
  }
}

/// Reads a private key.
///
/// - Parameter path: a PEM file.
/// - Returns: the key.
/// - Throws: what reading throws, `badData` where it holds none.
func readKey(_ path: String) throws -> NIOSSLPrivateKey {
  let bytes = try readFile(path, limit: certificateByteLimit)
  do {
    return try NIOSSLPrivateKey(bytes: bytes, format: .pem)
  } catch {
    throw SplitpipeError(
      .badData, "\(path), given to --key: expected a private key in PEM, without a passphrase")
  }
}

/// - Throws: `badData` where certificate and key do not belong together.
func makeContext(_ configuration: TLSConfiguration) throws -> NIOSSLContext {
  do {
    return try NIOSSLContext(configuration: configuration)
  } catch {
    throw SplitpipeError(
      .badData,
      "certificate and key cannot be used: \(error); check that the key is the certificate's")
  }
}

/// Refuses a certificate without its key, and the other way round.
func checkPair(certificate: String?, key: String?) throws(SplitpipeError) {
  guard (certificate == nil) == (key == nil) else {
    throw SplitpipeError(.usage, "--certificate and --key go together; give both or neither")
  }
}
