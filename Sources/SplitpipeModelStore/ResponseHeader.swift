/// What a fetch needs of the head of an HTTP response (RFC 9110), gathered line by line.
struct ResponseHeader: Equatable, Sendable {
  /// 0 for a response that has none, as from a file.
  private(set) var status = 0
  private(set) var entityTag: String?
  private(set) var lastModified: String?
  private(set) var contentRange: ContentRange?
  /// Bytes of the body, where the sender announces them.
  var length: Int?

  /// Takes a line; a status line begins a new head, as after a redirection.
  mutating func add(_ line: String) {
    guard !line.hasPrefix("HTTP/") else {
      let parts = line.split(separator: " ", maxSplits: 2)
      self = ResponseHeader()
      status = parts.count > 1 ? Int(parts[1].prefix(while: \.isNumber)) ?? 0 : 0
      return
    }
    guard let colon = line.firstIndex(of: ":") else { return }
    let value = line[line.index(after: colon)...].trimmed
    switch line[..<colon].lowercased() {
    case "etag": entityTag = value
    case "last-modified": lastModified = value
    case "content-range": contentRange = ContentRange(value)
    default: break
    }
  }

  /// Bytes of the whole file, where the sender announces them.
  var total: Int? { status == 206 ? contentRange?.total : length }
}

/// `bytes 100-199/1000` of a partial response: the first and last byte and the size of the whole,
/// which may be `*`.
struct ContentRange: Equatable, Sendable {
  let first: Int
  let last: Int
  let total: Int?

  /// - Parameter text: the field's value; nil where it is anything else or contradicts itself.
  init?(_ text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: true)
    guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
    let halves = words[1].split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count == 2 else { return nil }
    let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]), first >= 0,
      first <= last
    else { return nil }
    let total = Int(halves[1])
    guard halves[1] == "*" || total.map({ last < $0 }) ?? false else { return nil }
    (self.first, self.last, self.total) = (first, last, total)
  }
}

extension Substring {
  fileprivate var trimmed: String {
    var rest = drop(while: \.isWhitespace)
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}
