import SplitpipeCore

/// The fields of a packet; a failure names the field.
extension ByteReader {
  mutating func byte(_ field: String) throws(SplitpipeError) -> UInt8 {
    do { return try byte() } catch { throw .badField(field, error, endingAt: end) }
  }

  /// An unsigned integer of `size` bytes, little-endian.
  mutating func fixed(_ size: Int, _ field: String) throws(SplitpipeError) -> UInt64 {
    do { return try fixed(size) } catch { throw .badField(field, error, endingAt: end) }
  }

  /// An integer in seven-bit groups, spelled in the fewest bytes, so that a packet has one form.
  mutating func varint(_ field: String, in range: ClosedRange<Int>) throws(SplitpipeError) -> Int {
    let number: Int
    do { number = try varint() } catch { throw .badField(field, error, endingAt: end) }
    guard range.contains(number) else {
      throw .badPacket(
        "its \(field) is \(number), expected \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  mutating func array(_ count: Int, _ field: String) throws(SplitpipeError) -> [UInt8] {
    do { return try array(count) } catch { throw .badField(field, error, endingAt: end) }
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
  fileprivate static func badField(
    _ field: String, _ failure: ByteReader.Failure, endingAt end: Int
  ) -> SplitpipeError {
    switch failure {
    case .ended: .badPacket("it ends at byte \(end), inside its \(field)")
    case .notShortest: .badPacket("its \(field) is not spelled in the fewest bytes")
    }
  }
}
