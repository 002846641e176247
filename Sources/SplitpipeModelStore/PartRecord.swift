internal import FoundationEssentials
import SplitpipeFiles

/// Which version of which file the bytes of an unfinished fetch belong to, kept beside them.
struct PartRecord: Codable, Equatable, Sendable {
  /// Where they came from.
  var address: String
  /// The sender's validators (RFC 9110, section 8.8), where it gave them.
  var entityTag: String?
  var lastModified: String?
  /// Bytes of the whole file, where the sender announced them.
  var bytes: Int?

  init(address: String, head: ResponseHeader) {
    self.address = address
    entityTag = head.entityTag
    lastModified = head.lastModified
    bytes = head.total
  }

  /// The value of `If-Range`; nil where there is nothing that may stand there: a weak tag compares
  /// unequal to everything (RFC 9110, section 13.1.5).
  var ifRange: String? {
    if let entityTag { return entityTag.hasPrefix("\"") ? entityTag : lastModified }
    return lastModified
  }

  /// True where a later response can be told to be of the same version.
  var canBeCompared: Bool { entityTag != nil || lastModified != nil || bytes != nil }

  /// True unless the head of a partial response says that it is of another version.
  func matches(_ head: ResponseHeader) -> Bool {
    func agree<Value: Equatable>(_ a: Value?, _ b: Value?) -> Bool {
      guard let a, let b else { return true }
      return a == b
    }
    return agree(entityTag, head.entityTag) && agree(lastModified, head.lastModified)
      && agree(bytes, head.total)
  }

  /// Reads a record; nil where there is none or it is damaged: the fetch then starts afresh.
  static func read(_ path: String) -> PartRecord? {
    guard fileSize(path) != nil, let bytes = try? readFile(path, limit: 1 << 16) else { return nil }
    return try? JSONDecoder().decode(PartRecord.self, from: Data(bytes))
  }

  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let file = try OutputFile(path)
    try file.append(String(decoding: encoder.encode(self), as: UTF8.self) + "\n")
    try file.finish()
  }
}
