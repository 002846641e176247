import Crypto
internal import FoundationEssentials
import SplitpipeCore
import SplitpipeFiles
import SplitpipeSession

/// Tokens of a small site, as their hashes: whoever reads the file cannot use them.
///
/// One camera a line: its name, white space, and the SHA-256 of its token in hexadecimal digits. Empty lines
/// and those that begin with # are passed over.
struct TokenFile: Sendable {
  private let cameras: [(name: CameraName, hash: [UInt8])]
  static let byteLimit = 1 << 20

  /// - Throws: what reading throws, `badData` naming the line.
  init(_ path: String) throws {
    let text = String(decoding: try readFile(path, limit: Self.byteLimit), as: UTF8.self)
    var cameras: [(CameraName, [UInt8])] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.isEmpty || line.hasPrefix("#") { continue }
      guard words.count == 2, let name = CameraName(String(words[0])),
        let hash = Self.bytes(words[1]), hash.count == SHA256.byteCount
      else {
        throw SplitpipeError(
          .badData,
          "\(path), line \(number + 1): expected a camera's name and the SHA-256 of its token in 64 "
            + "hexadecimal digits")
      }
      cameras.append((name, hash))
    }
    guard !cameras.isEmpty else { throw SplitpipeError(.badData, "\(path): it holds no token") }
    self.cameras = cameras
  }

  /// Whom a token speaks for. Every line is compared, whole, so that the time tells nothing.
  func cameras(of token: String) -> Set<CameraName> {
    let hash = Array(SHA256.hash(data: Array(token.utf8)))
    var found: Set<CameraName> = []
    for camera in cameras {
      let difference = zip(camera.hash, hash).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
      if difference == 0 { found.insert(camera.name) }
    }
    return found
  }

  private static func bytes(_ digits: Substring) -> [UInt8]? {
    guard digits.utf8.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    var rest = digits[...]
    while !rest.isEmpty {
      guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return bytes
  }
}
