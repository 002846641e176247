/// Writes the codewords of the run-length code.
///
/// Two passes over pieces that stay in the first-level cache: codes become codewords, one per
/// machine word, without a branch on the data; then eight codewords at a time become bits.
enum RunLengthWriter {
  /// Codes handled at a time.
  private static let piece = 4096

  /// Writes the codewords of all codes and pads the last byte; returns the bytes written.
  ///
  /// - Precondition: the output has room for a codeword per code, in groups of eight, and 8 bytes.
  static func write(
    _ codes: UnsafeBufferPointer<UInt8>, bits: Int, to output: UnsafeMutableRawPointer
  ) -> Int {
    if bits < 8 {
      return unsafe write(codes, bits: bits, as: UInt8.self, to: output) { words, offset in
        let lanes = Lanes(width: bits + 1)
        let word = unsafe UnsafeRawPointer(words).bigEndianWord(at: 0)
        unsafe output.storeBigEndian(lanes.joined(word) &<< (56 - 8 * bits), at: offset)
      }
    }
    return unsafe write(codes, bits: 8, as: UInt16.self, to: output) { words, offset in
      // Eight codewords of nine bits: 64 bits and a byte.
      var high: UInt64 = 0
      for i in 0..<7 { high = high &<< 9 | UInt64(truncatingIfNeeded: unsafe words[i]) }
      let last = UInt64(truncatingIfNeeded: unsafe words[7])
      unsafe output.storeBigEndian(high &<< 1 | last &>> 8, at: offset)
      unsafe output.storeBytes(
        of: UInt8(truncatingIfNeeded: last), toByteOffset: offset + 8, as: UInt8.self)
    }
  }

  @inline(__always)
  private static func write<Word: FixedWidthInteger & UnsignedInteger>(
    _ codes: UnsafeBufferPointer<UInt8>, bits: Int, as: Word.Type,
    to output: UnsafeMutableRawPointer,
    storingEight store: (UnsafeMutablePointer<Word>, Int) -> Void
  ) -> Int {
    let width = bits + 1
    return unsafe withUnsafeTemporaryAllocation(of: Word.self, capacity: piece + 16) { buffer in
      guard let words = buffer.baseAddress else { return 0 }
      unsafe buffer.initialize(repeating: 0)
      var run = unsafe RunState<Word>(bits: bits, words: words)
      var offset = 0
      var next = 0
      while next < codes.count {
        let end = min(next + piece, codes.count)
        unsafe run.append(codes[next..<end])
        next = end
        // The last codeword may still grow, so it stays; so do those of a group not yet whole.
        let whole = unsafe next == codes.count ? run.count & ~7 : max(0, run.count - 1) & ~7
        for i in stride(from: 0, to: whole, by: 8) {
          unsafe store(words + i, offset)
          offset += width
        }
        unsafe run.removeFirst(whole)
      }
      guard unsafe run.count > 0 else { return offset }
      let left = unsafe run.count
      for i in left..<8 { unsafe words[i] = 0 }
      unsafe store(words, offset)
      return offset + (left * width + 7) / 8
    }
  }
}

/// Codewords so far, the last of which may be a run that can still grow.
@unsafe private struct RunState<Word: FixedWidthInteger & UnsignedInteger> {
  private let words: UnsafeMutablePointer<Word>
  private let flag: UInt
  /// Zeros the last codeword can still take; none after a value or a full run.
  private var room: UInt = 0
  private(set) var count = 0

  init(bits: Int, words: UnsafeMutablePointer<Word>) {
    unsafe self.words = words
    unsafe flag = 1 << UInt(bits)
  }

  /// Appends codes; a zero either lengthens the last codeword or starts a new one.
  ///
  /// The room counts down modulo 2^b, so that one step from none is the room of a new run.
  @inline(__always)
  mutating func append(_ codes: Slice<UnsafeBufferPointer<UInt8>>) {
    let codes = unsafe UnsafeBufferPointer(rebasing: codes)
    let mask = unsafe flag &- 1
    var room = unsafe self.room
    var count = unsafe self.count
    for i in 0..<codes.count {
      let code = unsafe UInt(codes[i])
      let isZero: UInt = code == 0 ? 1 : 0
      let zeroMask = mask &* isZero
      count &-= room != 0 && code == 0 ? 1 : 0
      room = (room &- 1) & zeroMask
      // The run less one is what the room of a new run has lost.
      let word = unsafe code | (isZero &* flag) | (~room & zeroMask)
      unsafe words[count] = Word(truncatingIfNeeded: word)
      count &+= 1
    }
    unsafe self.room = room
    unsafe self.count = count
  }

  /// Drops words that have been written; fewer than nine remain.
  mutating func removeFirst(_ removed: Int) {
    for i in 0..<(unsafe count - removed) { unsafe words[i] = words[removed + i] }
    unsafe count -= removed
  }
}
