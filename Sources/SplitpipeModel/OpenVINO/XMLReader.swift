import SplitpipeCore

/// Reads the XML that programs write: elements, attributes and text. No document types, and so no
/// entities but those that every reader knows.
struct XMLReader {
  enum Event: Equatable {
    case start(String, [String: String])
    case end(String)
    /// With nothing undone; never of spaces alone.
    case text(String)
  }

  private let bytes: [UInt8]
  private var position = 0
  /// An element without content, which ends where it begins.
  private var ending: String?

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// - Returns: nil at the end.
  /// - Throws: `badData` that names the byte where the text is damaged.
  mutating func next() throws(SplitpipeError) -> Event? {
    if let name = ending.take() { return .end(name) }
    while position < bytes.count {
      if bytes[position] != UInt8(ascii: "<") {
        let text = take { $0 != UInt8(ascii: "<") }
        if !text.allSatisfy(Self.isSpace) { return .text(String(decoding: text, as: UTF8.self)) }
      } else if skip("<?") {
        try skip(past: "?>")
      } else if skip("<!--") {
        try skip(past: "-->")
      } else if skip("<![CDATA[") {
        try skip(past: "]]>")
      } else if skip("</") {
        let name = self.name()
        skipSpace()
        guard !name.isEmpty, skip(">") else { throw damaged("the end of an element") }
        return .end(name)
      } else if skip("<") {
        return try start()
      }
    }
    return nil
  }

  private mutating func start() throws(SplitpipeError) -> Event {
    let name = self.name()
    guard !name.isEmpty else { throw damaged("the name of an element") }
    var attributes: [String: String] = [:]
    while true {
      skipSpace()
      if skip(">") { return .start(name, attributes) }
      if skip("/>") {
        ending = name
        return .start(name, attributes)
      }
      let key = self.name()
      skipSpace()
      guard !key.isEmpty, skip("=") else { throw damaged("an attribute of \"\(name)\"") }
      skipSpace()
      guard position < bytes.count,
        [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(bytes[position])
      else { throw damaged("a value in quotes") }
      let quote = bytes[position]
      position += 1
      let value = take { $0 != quote }
      guard position < bytes.count else { throw damaged("the end of a value") }
      position += 1
      attributes[key] = Self.text(value)
    }
  }

  /// What stands up to a sign that no name has.
  private mutating func name() -> String {
    String(decoding: take { !Self.isSpace($0) && !"/>=<\"'".utf8.contains($0) }, as: UTF8.self)
  }

  private mutating func take(while isWanted: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    let start = position
    while position < bytes.count, isWanted(bytes[position]) { position += 1 }
    return bytes[start..<position]
  }

  private mutating func skip(_ text: String) -> Bool {
    guard bytes[position...].starts(with: text.utf8) else { return false }
    position += text.utf8.count
    return true
  }

  private mutating func skip(past text: String) throws(SplitpipeError) {
    while position < bytes.count {
      if skip(text) { return }
      position += 1
    }
    throw damaged("\"\(text)\"")
  }

  private mutating func skipSpace() { _ = take(while: Self.isSpace) }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  /// With the references undone that XML knows by itself; others stay as they are.
  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    guard bytes.contains(UInt8(ascii: "&")) else { return text }
    var result = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "&") {
      result += rest[..<start]
      rest = rest[start...]
      guard let end = rest.firstIndex(of: ";"), let character = character(rest[..<end].dropFirst())
      else {
        result.append("&")
        rest = rest.dropFirst()
        continue
      }
      result.append(character)
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  private static func character(_ reference: Substring) -> Character? {
    let known: [Substring: Character] = [
      "lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'",
    ]
    if let character = known[reference] { return character }
    guard reference.hasPrefix("#") else { return nil }
    let number =
      reference.hasPrefix("#x")
      ? UInt32(reference.dropFirst(2), radix: 16) : UInt32(reference.dropFirst())
    return number.flatMap(Unicode.Scalar.init).map(Character.init)
  }

  private func damaged(_ expected: String) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "its description is damaged at byte \(position) of \(bytes.count), expected \(expected); copy or "
        + "export it again")
  }
}
