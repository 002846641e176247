import SplitpipeCore

/// Takes fields off the front of bytes; every read is checked.
struct ByteReader {
  private let bytes: [UInt8]
  private(set) var position = 0
  private let end: Int

  /// Reads the first `end` bytes.
  init(_ bytes: [UInt8], end: Int) {
    self.bytes = bytes
    self.end = min(end, bytes.count)
  }

  var remaining: Int { end - position }

  mutating func byte(_ field: String) throws(SplitpipeError) -> UInt8 {
    guard position < end else { throw .packetEnded(in: field, at: position) }
    defer { position += 1 }
    return bytes[position]
  }

  /// An unsigned integer of `size` bytes, little-endian.
  mutating func fixed(_ size: Int, _ field: String) throws(SplitpipeError) -> UInt64 {
    var value: UInt64 = 0
    for i in 0..<size { value |= UInt64(try byte(field)) << UInt64(8 * i) }
    return value
  }

  /// An integer in seven-bit groups, least significant first, high bit set on all but the last.
  ///
  /// Only the shortest spelling is accepted, so that a packet has one form.
  mutating func varint(_ field: String, in range: ClosedRange<Int>) throws(SplitpipeError) -> Int {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte(field)
      // Nine groups are 63 bits: all that a non-negative Int can have.
      guard shift < 63, shift == 0 || next != 0 else { throw .spelling(of: field) }
      value |= UInt64(next & 0x7F) << shift
      shift += 7
      if next < 0x80 { break }
    }
    guard let number = Int(exactly: value), range.contains(number) else {
      throw .outOfRange(field, value, range)
    }
    return number
  }

  /// Passes over bytes that are known to be there.
  mutating func skip(_ count: Int) { position = min(position + count, end) }

  mutating func array(_ count: Int, _ field: String) throws(SplitpipeError) -> [UInt8] {
    guard count >= 0, count <= remaining else { throw .packetEnded(in: field, at: end) }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }
}

/// Appends what `ByteReader` reads.
struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func fixed(_ value: UInt64, _ size: Int) {
    for i in 0..<size { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * i))) }
  }

  /// - Precondition: `value` is not negative.
  mutating func varint(_ value: Int) {
    var rest = UInt64(value)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

extension SplitpipeError {
  fileprivate static func packetEnded(in field: String, at offset: Int) -> SplitpipeError {
    .badPacket("it ends at byte \(offset), inside its \(field)")
  }

  fileprivate static func spelling(of field: String) -> SplitpipeError {
    .badPacket("its \(field) is not spelled in the fewest bytes")
  }

  fileprivate static func outOfRange(
    _ field: String, _ value: UInt64, _ range: ClosedRange<Int>
  ) -> SplitpipeError {
    .badPacket(
      "its \(field) is \(value), expected \(range.lowerBound) to \(range.upperBound)")
  }
}
