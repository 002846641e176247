/// The checksum of ZIP and PNG: CRC-32, polynomial 0xEDB88320 (ISO 3309, bit-reversed).
enum CRC32 {
  /// Eight tables of 256: entry `256·k + b` is the effect of byte `b` followed by `k` zero bytes.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
      tables[byte] = value
    }
    for index in 256..<tables.count {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
    }
    return tables
  }()

  /// The checksum of a part of `bytes`, eight bytes a step.
  ///
  /// - Precondition: `range` lies inside `bytes`.
  static func checksum(of bytes: [UInt8], in range: Range<Int>) -> UInt32 {
    precondition(bytes.indices.contains(range) || range.isEmpty, "a range inside the bytes")
    return unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe tables.withUnsafeBufferPointer { table in
        var sum: UInt32 = ~0
        var index = range.lowerBound
        while range.upperBound - index >= 8 {
          let word =
            unsafe UnsafeRawBufferPointer(bytes)
            .loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian ^ UInt64(sum)
          unsafe sum =
            table[1792 + Int(word & 0xFF)] ^ table[1536 + Int(word >> 8 & 0xFF)]
            ^ table[1280 + Int(word >> 16 & 0xFF)] ^ table[1024 + Int(word >> 24 & 0xFF)]
            ^ table[768 + Int(word >> 32 & 0xFF)] ^ table[512 + Int(word >> 40 & 0xFF)]
            ^ table[256 + Int(word >> 48 & 0xFF)] ^ table[Int(word >> 56)]
          index += 8
        }
        while index < range.upperBound {
          unsafe sum = sum >> 8 ^ table[Int((sum ^ UInt32(bytes[index])) & 0xFF)]
          index += 1
        }
        return ~sum
      }
    }
  }
}

extension Range where Bound == Int {
  fileprivate func contains(_ other: Range<Int>) -> Bool {
    other.lowerBound >= lowerBound && other.upperBound <= upperBound
  }
}
