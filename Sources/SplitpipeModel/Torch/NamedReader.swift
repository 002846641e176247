import SplitpipeCore

/// Reads part of a checkpoint; a failure says what that part is called.
struct NamedReader {
  private var reader: ByteReader
  /// What errors call these bytes.
  let name: String

  init(_ bytes: [UInt8], in range: Range<Int>? = nil, name: String) {
    reader = ByteReader(bytes, in: range)
    self.name = name
  }

  var bytes: [UInt8] { reader.bytes }
  var position: Int { reader.position }
  var remaining: Int { reader.remaining }

  /// Takes the next `count` bytes.
  mutating func take(_ count: Int) throws -> Range<Int> {
    do { return try reader.take(count) } catch { throw ended(expecting: count) }
  }

  mutating func byte() throws -> UInt8 {
    do { return try reader.byte() } catch { throw ended(expecting: 1) }
  }

  /// The next `count` ≤ 8 bytes, the least significant first.
  mutating func fixed(_ count: Int) throws -> UInt64 {
    do { return try reader.fixed(count) } catch { throw ended(expecting: count) }
  }

  mutating func uint16() throws -> Int { Int(try fixed(2)) }
  mutating func uint32() throws -> Int { Int(try fixed(4)) }

  /// The next eight bytes as a size or an offset.
  mutating func uint64() throws -> Int {
    let value = try fixed(8)
    guard let size = Int(exactly: value) else {
      throw SplitpipeError(.badData, "\(name) has a size of \(value) bytes before byte \(position)")
    }
    return size
  }

  /// The next `count` bytes as text; what is not UTF-8 is replaced.
  mutating func text(_ count: Int) throws -> String {
    String(decoding: bytes[try take(count)], as: UTF8.self)
  }

  /// Text up to the next newline, which is passed over.
  mutating func line() throws -> String {
    guard let newline = bytes[position..<reader.end].firstIndex(of: 10) else {
      throw SplitpipeError(.badData, "\(name) has a line without an end from byte \(position)")
    }
    let text = try text(newline - position)
    _ = try byte()
    return text
  }

  private func ended(expecting count: Int) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "\(name) ends at byte \(reader.end), \(count) more expected from byte \(position)")
  }
}
