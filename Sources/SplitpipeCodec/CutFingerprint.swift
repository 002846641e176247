/// A 64-bit name for a model cut at a split: sender and receiver compare theirs, so that tensors
/// never reach the tail of another model.
///
/// FNV-1a (Fowler, Noll, Vo) over eight-byte words: it tells different models apart, it does not
/// stop someone who wants to make two look alike.
package struct CutFingerprint: Hashable, Sendable, CustomStringConvertible {
  package let value: UInt64

  package init(value: UInt64) { self.value = value }

  /// - Parameters:
  ///   - model: the bytes of the model file.
  ///   - split: the name of the split.
  package init(model: [UInt8], split: String) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func mix(_ word: UInt64) { hash = (hash ^ word) &* 0x0000_0100_0000_01B3 }
    unsafe model.withUnsafeBytes { bytes in
      let whole = bytes.count & ~7
      for offset in stride(from: 0, to: whole, by: 8) {
        let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        // The product moves differences up only; a rotation brings them down again.
        mix(UInt64(littleEndian: word))
        hash = hash << 23 | hash >> 41
      }
      for offset in whole..<bytes.count { mix(UInt64(unsafe bytes[offset])) }
    }
    mix(UInt64(model.count))
    for byte in split.utf8 { mix(UInt64(byte)) }
    value = hash
  }

  /// Sixteen hexadecimal digits.
  package var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
