import SplitpipeCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Reads JSON front to back without building it: label and result files hold millions of values,
/// of which a few fields are wanted.
///
/// Strict (RFC 8259): everything but the value asked for is a `badData` sentence with its line.
/// A value is read or skipped exactly once, in the order of the file.
struct JSONScanner {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  /// Deeper files are refused, so that no file can exhaust the stack.
  private static let maximumDepth = 100

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    // A byte order mark is not JSON, but editors write it.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// Calls `body` with each key of an object; `body` reads or skips the value.
  mutating func object(
    _ what: @autoclosure () -> String,
    _ body: (inout JSONScanner, String) throws -> Void
  ) throws {
    try open(UInt8(ascii: "{"), what())
    defer { depth -= 1 }
    if take(UInt8(ascii: "}")) { return }
    repeat {
      let key = try string("a key")
      try expect(UInt8(ascii: ":"), "a colon after the key \"\(key)\"")
      try body(&self, key)
    } while take(UInt8(ascii: ","))
    try expect(UInt8(ascii: "}"), "a comma or the end of \(what())")
  }

  /// Calls `body` for each element of an array; `body` reads or skips it.
  mutating func array(
    _ what: @autoclosure () -> String, _ body: (inout JSONScanner, Int) throws -> Void
  ) throws {
    try open(UInt8(ascii: "["), what())
    defer { depth -= 1 }
    if take(UInt8(ascii: "]")) { return }
    var index = 0
    repeat {
      try body(&self, index)
      index += 1
    } while take(UInt8(ascii: ","))
    try expect(UInt8(ascii: "]"), "a comma or the end of \(what())")
  }

  /// A finite number.
  mutating func number(_ what: @autoclosure () -> String) throws -> Double {
    let text = try numberText(what())
    guard let value = JSONNumber(text).double, value.isFinite else {
      position = text.startIndex
      throw failure("expected a finite number for \(what())")
    }
    return value
  }

  /// A whole number, which may be written as 9 or 9.0.
  mutating func integer(_ what: @autoclosure () -> String) throws -> Int {
    let text = try numberText(what())
    guard let value = JSONNumber(text).integer else {
      position = text.startIndex
      throw failure("expected a whole number for \(what())")
    }
    return value
  }

  /// A flag written as a number or as true or false.
  mutating func flag(_ what: @autoclosure () -> String) throws -> Bool {
    skipSpace()
    if takeWord("true") { return true }
    if takeWord("false") { return false }
    return try number(what()) != 0
  }

  /// A text, escapes undone.
  mutating func string(_ what: @autoclosure () -> String) throws -> String {
    skipSpace()
    let start = position
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      throw failure("expected a text for \(what())")
    }
    let escaped = try skipString()
    let text = bytes[(start + 1)..<(position - 1)]
    if !escaped { return String(decoding: text, as: UTF8.self) }
    // Escapes are rare: leave them to the library.
    let wrapped = Data(Array("[\"".utf8) + text + Array("\"]".utf8))
    guard let value = try? JSONDecoder().decode([String].self, from: wrapped),
      let first = value.first
    else { throw failure("found a text with a bad escape for \(what())") }
    return first
  }

  /// Passes over one value of any kind.
  mutating func skip() throws {
    skipSpace()
    guard position < bytes.count else { throw failure("expected a value") }
    switch bytes[position] {
    case UInt8(ascii: "{"): try object("an object") { scanner, _ in try scanner.skip() }
    case UInt8(ascii: "["): try array("an array") { scanner, _ in try scanner.skip() }
    case UInt8(ascii: "\""): _ = try skipString()
    default:
      if takeWord("true") || takeWord("false") || takeWord("null") { return }
      let text = try numberText("a value")
      guard JSONNumber(text).isNumber else {
        position = text.startIndex
        throw failure("expected a value")
      }
    }
  }

  /// Whether the next value is null; if so it is passed over.
  mutating func takeNull() -> Bool {
    skipSpace()
    return takeWord("null")
  }

  /// Whether the next value begins with this byte, as in `{`.
  mutating func next(is byte: Unicode.Scalar) -> Bool {
    skipSpace()
    return position < bytes.count && bytes[position] == UInt8(ascii: byte)
  }

  /// Checks that nothing follows.
  mutating func end() throws {
    skipSpace()
    guard position == bytes.count else { throw failure("expected nothing more") }
  }

  /// The line reached, from 1.
  var line: Int {
    1 + bytes[..<min(position, bytes.count)].reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
  }

  /// A `badData` sentence with the line reached.
  func failure(_ expected: String) -> SplitpipeError {
    let found = position < bytes.count ? excerpt() : "the end of the file"
    return SplitpipeError(.badData, "line \(line): \(expected), found \(found)")
  }
}

extension JSONScanner {
  /// A few characters from here on, safe to print.
  private func excerpt() -> String {
    let text = bytes[position..<min(position + 16, bytes.count)]
    let printable = String(decoding: text, as: UTF8.self).unicodeScalars.map {
      $0.value >= 0x20 && $0.value != 0x7F ? Character($0) : " "
    }
    return "\"\(String(printable))\""
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  private mutating func open(_ byte: UInt8, _ what: @autoclosure () -> String) throws {
    try expect(byte, what())
    depth += 1
    guard depth <= Self.maximumDepth else {
      throw failure("expected at most \(Self.maximumDepth) levels")
    }
  }

  private mutating func expect(_ byte: UInt8, _ what: @autoclosure () -> String) throws {
    guard take(byte) else { throw failure("expected \(what())") }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func takeWord(_ word: StaticString) -> Bool {
    let text = word.description.utf8
    guard bytes[position...].starts(with: text) else { return false }
    position += text.count
    return true
  }

  /// Passes over a text.
  ///
  /// - Returns: whether it holds an escape.
  private mutating func skipString() throws -> Bool {
    position += 1
    var escaped = false
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        return escaped
      case UInt8(ascii: "\\"):
        escaped = true
        position += 2
      case 0..<0x20: throw failure("expected the end of a text before a control character")
      default: position += 1
      }
    }
    position = bytes.count
    throw failure("expected the end of a text")
  }

  /// The characters of a number; empty where none begins here.
  private mutating func numberText(_ what: @autoclosure () -> String) throws -> ArraySlice<UInt8> {
    skipSpace()
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"),
        UInt8(ascii: "E"):
        position += 1
      default:
        guard position > start else { throw failure("expected a number for \(what())") }
        return bytes[start..<position]
      }
    }
    return bytes[start..<position]
  }
}
