/// A 64-bit name for the content of a file.
///
/// FNV-1a (Fowler, Noll, Vo) over eight-byte words: it tells different contents apart, it does not
/// stop someone who wants to make two look alike.
public struct ContentHash: Hashable, Sendable {
  /// The 64 bits.
  public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  /// Names the bytes of a file.
  public init(_ content: [UInt8]) {
    unsafe content.withUnsafeBytes { bytes in
      let whole = bytes.count & ~7
      for offset in stride(from: 0, to: whole, by: 8) {
        let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        // The product moves differences up only; a rotation brings them down again.
        mix(UInt64(littleEndian: word))
        value = value << 23 | value >> 41
      }
      for offset in whole..<bytes.count { mix(UInt64(unsafe bytes[offset])) }
    }
    mix(UInt64(content.count))
  }

  /// The name of this content together with a text.
  public func adding(_ text: String) -> ContentHash {
    var hash = self
    for byte in text.utf8 { hash.mix(UInt64(byte)) }
    return hash
  }

  private mutating func mix(_ word: UInt64) { value = (value ^ word) &* 0x0000_0100_0000_01B3 }
}
