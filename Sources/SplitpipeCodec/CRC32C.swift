/// The Castagnoli cyclic redundancy check (RFC 3720, appendix B.4), eight bytes a step.
///
/// Any change confined to 32 consecutive bits, hence any changed byte, changes the checksum.
package enum CRC32C {
  /// Entry 256 · k + b is what byte b contributes when k more bytes follow it.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var remainder = UInt32(byte)
      for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1) * 0x82F6_3B78 }
      tables[byte] = remainder
    }
    for entry in 256..<8 * 256 {
      let before = tables[entry - 256]
      tables[entry] = before >> 8 ^ tables[Int(before & 0xFF)]
    }
    return tables
  }()

  /// The checksum of the first `count` bytes.
  ///
  /// - Precondition: there are that many.
  package static func checksum(_ bytes: [UInt8], count: Int) -> UInt32 {
    precondition(count <= bytes.count, "a checksum covers bytes that exist")
    return unsafe bytes.withUnsafeBytes { bytes in
      unsafe tables.withUnsafeBufferPointer { tables in
        unsafe checksum(UnsafeRawBufferPointer(rebasing: bytes[..<count]), tables: tables)
      }
    }
  }

  private static func checksum(
    _ bytes: UnsafeRawBufferPointer, tables: UnsafeBufferPointer<UInt32>
  ) -> UInt32 {
    var state: UInt32 = 0xFFFF_FFFF
    var offset = 0
    while offset + 8 <= bytes.count {
      let loaded = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      let word = UInt64(littleEndian: loaded) ^ UInt64(state)
      state = 0
      for k in 0..<8 {
        let byte = Int(truncatingIfNeeded: word &>> UInt64(8 &* k)) & 0xFF
        state ^= unsafe tables[256 &* (7 &- k) &+ byte]
      }
      offset &+= 8
    }
    while offset < bytes.count {
      let index = unsafe Int(UInt8(truncatingIfNeeded: state) ^ bytes[offset])
      state = unsafe state >> 8 ^ tables[index]
      offset &+= 1
    }
    return ~state
  }
}
