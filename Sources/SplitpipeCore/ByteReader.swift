/// Takes little-endian numbers off the front of bytes.
///
/// Total on any bytes: a read past the end throws and takes nothing, and no read needs more memory
/// than the bytes that are there. What a failure is called is up to the format that is read.
package struct ByteReader: Sendable {
  /// Why a read failed.
  package enum Failure: Error, Sendable, Equatable {
    /// The bytes end before what was asked for does.
    case ended
    /// A varint takes more bytes than its value needs, or more than 63 bits.
    case notShortest
  }

  /// All bytes, those outside the part that is read included.
  package let bytes: [UInt8]
  /// Where the next read begins, as an index of `bytes`.
  package private(set) var position: Int
  /// Where reading stops.
  package let end: Int

  /// Reads the bytes of `range`, or all of them; what lies outside the bytes is left out.
  package init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
    let range = (range ?? bytes.indices).clamped(to: bytes.indices)
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// Bytes not yet read.
  package var remaining: Int { end - position }

  /// Where the next `count` bytes lie, which are passed over.
  package mutating func take(_ count: Int) throws(Failure) -> Range<Int> {
    guard count >= 0, count <= remaining else { throw .ended }
    defer { position += count }
    return position..<position + count
  }

  /// The next byte.
  package mutating func byte() throws(Failure) -> UInt8 {
    guard position < end else { throw .ended }
    defer { position += 1 }
    return bytes[position]
  }

  /// An unsigned integer of `count` bytes, the least significant first.
  ///
  /// - Precondition: `count` is at most 8.
  package mutating func fixed(_ count: Int) throws(Failure) -> UInt64 {
    precondition(count <= 8, "an integer of at most eight bytes")
    var value: UInt64 = 0
    for index in try take(count).reversed() { value = value << 8 | UInt64(bytes[index]) }
    return value
  }

  /// An integer in seven-bit groups, least significant first, high bit set on all but the last.
  ///
  /// Only the shortest spelling is accepted, so that what is read has one form.
  package mutating func varint() throws(Failure) -> Int {
    var value = 0
    var shift = 0
    while true {
      let next = try byte()
      // Nine groups are 63 bits: all that a non-negative Int can have.
      guard shift < 63, shift == 0 || next != 0 else { throw .notShortest }
      value |= Int(next & 0x7F) << shift
      if next < 0x80 { return value }
      shift += 7
    }
  }

  /// The next `count` bytes.
  package mutating func array(_ count: Int) throws(Failure) -> [UInt8] {
    Array(bytes[try take(count)])
  }
}
