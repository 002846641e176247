import SplitpipeCore

/// Reads little-endian numbers from bytes, in order; every read is bounds-checked.
struct ByteCursor {
  let bytes: [UInt8]
  /// Where reading stops.
  let end: Int
  private(set) var position: Int
  /// What errors call these bytes.
  let name: String

  init(_ bytes: [UInt8], in range: Range<Int>? = nil, name: String) {
    self.bytes = bytes
    let range = (range ?? 0..<bytes.count).clamped(to: 0..<bytes.count)
    self.position = range.lowerBound
    self.end = range.upperBound
    self.name = name
  }

  var remaining: Int { end - position }

  /// Takes the next `count` bytes.
  mutating func take(_ count: Int) throws -> Range<Int> {
    guard count >= 0, count <= remaining else {
      throw SplitpipeError(
        .badData, "\(name) ends at byte \(end), \(count) more expected from byte \(position)")
    }
    defer { position += count }
    return position..<position + count
  }

  mutating func byte() throws -> UInt8 { bytes[try take(1).lowerBound] }
  mutating func uint16() throws -> Int { Int(try little(2)) }
  mutating func uint32() throws -> Int { Int(try little(4)) }

  /// The next eight bytes as a size or an offset.
  mutating func uint64() throws -> Int {
    let value = try little(8)
    guard let size = Int(exactly: value) else {
      throw SplitpipeError(.badData, "\(name) has a size of \(value) bytes before byte \(position)")
    }
    return size
  }

  /// The next `count` ≤ 8 bytes, the least significant first.
  mutating func little(_ count: Int) throws -> UInt64 {
    let range = try take(count)
    return range.reversed().reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
  }

  /// The next `count` bytes as text; what is not UTF-8 is replaced.
  mutating func text(_ count: Int) throws -> String {
    String(decoding: bytes[try take(count)], as: UTF8.self)
  }

  /// Text up to the next newline, which is passed over.
  mutating func line() throws -> String {
    guard let newline = bytes[position..<end].firstIndex(of: 10) else {
      throw SplitpipeError(.badData, "\(name) has a line without an end from byte \(position)")
    }
    let text = try text(newline - position)
    _ = try byte()
    return text
  }
}
