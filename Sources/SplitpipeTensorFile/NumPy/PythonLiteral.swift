/// The few Python literals that a `.npy` header is made of.
indirect enum PythonLiteral {
  case string(String), integer(Int), boolean(Bool), tuple([PythonLiteral]), list
  case dictionary([(key: String, value: PythonLiteral)])
}

/// Reads one literal and the blanks around it; total on any bytes.
struct PythonLiteralParser {
  private let bytes: [UInt8]
  private var position = 0

  /// More nesting than any header has.
  private static let maximumDepth = 8
  /// More extents than NumPy's arrays have.
  private static let maximumElements = 64

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The literal; nil if the bytes are anything else.
  mutating func parse() -> PythonLiteral? {
    let value = literal(depth: 0)
    skipBlanks()
    return position == bytes.count ? value : nil
  }

  private mutating func literal(depth: Int) -> PythonLiteral? {
    skipBlanks()
    guard depth <= Self.maximumDepth, let byte = peek else { return nil }
    switch byte {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "("):
      return elements(end: UInt8(ascii: ")"), depth: depth).map { .tuple($0) }
    case UInt8(ascii: "["):
      return elements(end: UInt8(ascii: "]"), depth: depth).map { _ in .list }
    case UInt8(ascii: "{"): return dictionary(depth: depth)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return integer()
    default: return boolean()
    }
  }

  private mutating func dictionary(depth: Int) -> PythonLiteral? {
    position += 1
    var entries: [(key: String, value: PythonLiteral)] = []
    while true {
      skipBlanks()
      if take(UInt8(ascii: "}")) { return .dictionary(entries) }
      guard entries.count < Self.maximumElements, let key = string() else { return nil }
      skipBlanks()
      guard take(UInt8(ascii: ":")), let value = literal(depth: depth + 1) else { return nil }
      entries.append((key, value))
      skipBlanks()
      guard take(UInt8(ascii: ",")) || peek == UInt8(ascii: "}") else { return nil }
    }
  }

  private mutating func elements(end: UInt8, depth: Int) -> [PythonLiteral]? {
    position += 1
    var elements: [PythonLiteral] = []
    while true {
      skipBlanks()
      if take(end) { return elements }
      guard elements.count < Self.maximumElements, let element = literal(depth: depth + 1)
      else { return nil }
      elements.append(element)
      skipBlanks()
      guard take(UInt8(ascii: ",")) || peek == end else { return nil }
    }
  }

  /// A string without escapes.
  private mutating func string() -> String? {
    guard let quote = peek, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      return nil
    }
    let start = position + 1
    guard let end = bytes[start...].firstIndex(of: quote) else { return nil }
    let content = bytes[start..<end]
    guard !content.contains(UInt8(ascii: "\\")) else { return nil }
    position = end + 1
    return String(validating: content, as: UTF8.self)
  }

  /// A number that is not negative; Python 2 wrote an L after long ones.
  private mutating func integer() -> PythonLiteral? {
    var value = 0
    while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      guard !overflow, !carry else { return nil }
      value = sum
      position += 1
    }
    _ = take(UInt8(ascii: "L"))
    return .integer(value)
  }

  private mutating func boolean() -> PythonLiteral? {
    for (word, value) in [("True", true), ("False", false)]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return .boolean(value)
    }
    return nil
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipBlanks() {
    while let byte = peek, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
  }
}
