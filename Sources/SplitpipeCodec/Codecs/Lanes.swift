/// Eight fields of up to eight bits, moved between bytes of a word and a dense bit string.
///
/// The first field is always the most significant one, so that the dense bits, stored big-endian,
/// are the fields most significant bit first. Three steps join neighbours two by two, all lanes of
/// the word at once.
struct Lanes {
  private let width: UInt64
  /// The low `width` bits of every 16-bit lane.
  private let single: UInt64
  /// The low `2 · width` bits of every 32-bit lane.
  private let double: UInt64
  /// The low `4 · width` bits.
  private let quadruple: UInt64

  /// - Precondition: `width` is 1…8.
  @inline(__always)
  init(width: Int) {
    let width = UInt64(width)
    self.width = width
    single = ((1 &<< width) &- 1) &* 0x0001_0001_0001_0001
    double = ((1 &<< (2 &* width)) &- 1) &* 0x0000_0001_0000_0001
    quadruple = (1 &<< (4 &* width)) &- 1
  }

  /// Eight bytes below 2^width become 8 · width bits, at the low end.
  @inline(__always)
  func joined(_ bytes: UInt64) -> UInt64 {
    let mask2: UInt64 = 0x00FF_00FF_00FF_00FF
    let mask4: UInt64 = 0x0000_FFFF_0000_FFFF
    let pairs = (((bytes &>> 8) & mask2) &<< width) | (bytes & mask2)
    let fours = (((pairs &>> 16) & mask4) &<< (2 &* width)) | (pairs & mask4)
    return ((fours &>> 32) &<< (4 &* width)) | (fours & 0xFFFF_FFFF)
  }

  /// 8 · width bits at the low end become eight bytes; the inverse of `joined(_:)`.
  @inline(__always)
  func split(_ bits: UInt64) -> UInt64 {
    let fours = (((bits &>> (4 &* width)) & quadruple) &<< 32) | (bits & quadruple)
    let pairs = (((fours &>> (2 &* width)) & double) &<< 16) | (fours & double)
    return (((pairs &>> width) & single) &<< 8) | (pairs & single)
  }
}

extension UnsafeRawPointer {
  /// Eight bytes, the first one most significant.
  @inline(__always)
  func bigEndianWord(at offset: Int) -> UInt64 {
    unsafe UInt64(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}

extension UnsafeMutableRawPointer {
  /// Stores eight bytes, the most significant one first.
  @inline(__always)
  func storeBigEndian(_ word: UInt64, at offset: Int) {
    unsafe storeBytes(of: word.bigEndian, toByteOffset: offset, as: UInt64.self)
  }
}
