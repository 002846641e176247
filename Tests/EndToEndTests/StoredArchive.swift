/// A ZIP archive with one stored member, for files that pretend to be checkpoints.
enum StoredArchive {
  static func bytes(name: String, _ content: [UInt8]) -> [UInt8] {
    let name = Array(name.utf8)
    let common =
      short(0) + short(0) + short(0) + short(0) + long(checksum(content)) + long(content.count)
      + long(content.count) + short(name.count) + short(0)
    let local = long(0x0403_4B50) + short(20) + common + name + content
    let central =
      long(0x0201_4B50) + short(20) + short(20) + common + short(0) + short(0) + short(0)
      + long(0) + long(0) + name
    let end =
      long(0x0605_4B50) + short(0) + short(0) + short(1) + short(1) + long(central.count)
      + long(local.count) + short(0)
    return local + central + end
  }

  private static func short(_ value: Int) -> [UInt8] {
    [UInt8(value & 0xFF), UInt8(value >> 8 & 0xFF)]
  }

  private static func long(_ value: Int) -> [UInt8] { short(value & 0xFFFF) + short(value >> 16) }

  /// CRC-32 (ISO 3309), bit by bit.
  private static func checksum(_ bytes: [UInt8]) -> Int {
    var remainder: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 {
        remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0)
      }
    }
    return Int(~remainder)
  }
}
