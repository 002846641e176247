internal import COpenSSL
internal import Glibc
import SplitpipeCore
import SplitpipeFiles

/// SHA-256 (FIPS 180-4) of a file, in lower-case hexadecimal.
///
/// - Parameter path: the file, read in pieces of 1 MiB.
/// - Returns: 64 digits.
/// - Throws: `missingInput` where the file cannot be read.
package func sha256(ofFile path: String) throws -> String {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw SplitpipeError.cannotOpen(path, errno) }
  defer { close(descriptor) }
  var digest = try SHA256Digest()
  try digest.begin()
  var buffer = [UInt8](repeating: 0, count: 1 << 20)
  while true {
    let count = unsafe buffer.withUnsafeMutableBytes {
      unsafe read(descriptor, $0.baseAddress, $0.count)
    }
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { throw SplitpipeError.cannotOpen(path, errno) }
    guard count > 0 else { return try digest.hexadecimal() }
    try digest.update(buffer.span.extracting(..<count))
  }
}

/// Owns one `EVP_MD_CTX` that computes SHA-256.
@safe
private struct SHA256Digest: ~Copyable {
  private let context: OpaquePointer

  init() throws {
    guard let context = unsafe EVP_MD_CTX_new() else { throw SplitpipeError.noDigest }
    unsafe self.context = context
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  mutating func begin() throws {
    guard unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      throw SplitpipeError.noDigest
    }
  }

  mutating func update(_ bytes: Span<UInt8>) throws {
    let status = unsafe bytes.withUnsafeBytes {
      unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count)
    }
    guard status == 1 else { throw SplitpipeError.noDigest }
  }

  /// Ends the computation; nothing can be added afterwards.
  mutating func hexadecimal() throws -> String {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard unsafe EVP_DigestFinal_ex(context, &digest, &count) == 1 else {
      throw SplitpipeError.noDigest
    }
    return digest.prefix(Int(count)).map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0" + digits : digits
    }.joined()
  }
}

extension SplitpipeError {
  fileprivate static var noDigest: SplitpipeError {
    SplitpipeError(
      .unavailable, "OpenSSL refuses to compute SHA-256; check the installation of libcrypto")
  }
}
