/// Reads the codewords of the run-length code.
///
/// As many codewords as fit in a 64-bit window are taken at once. The output holds zeros already,
/// so a run only moves the position and nothing depends on a branch that the data decides. Whether
/// the codewords are well formed is asked of all codewords of a window together.
@unsafe struct RunLengthReader {
  private let payload: UnsafeRawBufferPointer
  private let width: Int
  private let levels: Int
  /// Bits before the next codeword, from the start of the payload.
  private var position: Int
  /// Codes written so far.
  private var done = 0
  /// Whether the last codeword was a run shorter than the longest.
  private var afterShortRun = false

  init(_ payload: UnsafeRawBufferPointer, from start: Int, bits: Int) {
    unsafe self.payload = payload
    unsafe position = start * 8
    unsafe width = bits + 1
    unsafe levels = 1 << bits
  }

  /// Reads all codes, and says what is wrong if that cannot be done.
  ///
  /// - Precondition: `codes` is initialised to zeros.
  mutating func read(into codes: UnsafeMutableBufferPointer<UInt8>) -> RunLengthFault? {
    let fault =
      switch unsafe width {
      case 3: unsafe readWindows(into: codes, width: 3)
      case 4: unsafe readWindows(into: codes, width: 4)
      case 5: unsafe readWindows(into: codes, width: 5)
      case 6: unsafe readWindows(into: codes, width: 6)
      case 7: unsafe readWindows(into: codes, width: 7)
      case 8: unsafe readWindows(into: codes, width: 8)
      default: unsafe readWindows(into: codes, width: 9)
      }
    if let fault { return fault }
    if let fault = unsafe readRest(into: codes) { return fault }
    return unsafe endFault
  }

  /// Reads while a whole window is there and cannot run past the end; inlined for each width.
  @inline(__always)
  private mutating func readWindows(
    into codes: UnsafeMutableBufferPointer<UInt8>, width: Int
  ) -> RunLengthFault? {
    guard let input = unsafe payload.baseAddress, let output = codes.baseAddress else { return nil }
    // A window starts anywhere in its first byte, so 57 of its bits can be counted on.
    let perWindow = 57 / width
    let reach = perWindow << (width - 1)
    let bits = width - 1
    var unit: UInt64 = 0
    for i in 1...perWindow { unit |= 1 &<< (64 - i * width) }
    let flags = unit &<< bits
    let lows = flags &- unit
    let mask = (1 &<< UInt64(bits)) &- 1 as UInt64

    var position = unsafe position
    var done = unsafe done
    var carried: UInt64 = unsafe afterShortRun ? 1 &<< 63 : 0
    defer {
      unsafe self.position = position
      unsafe self.done = done
      unsafe afterShortRun = carried != 0
    }
    let lastStart = unsafe (payload.count - 8) * 8
    let lastDone = codes.count - reach
    while position <= lastStart, done <= lastDone {
      var window = unsafe input.bigEndianWord(at: position &>> 3) &<< UInt64(position & 7)
      let runs = window & flags
      let nonzero = ((window & lows) &+ lows) & flags
      let full = ((window & lows) &+ unit) & flags
      let short = runs & ~full
      let early = (short &>> UInt64(width) | carried) & runs
      guard (nonzero | runs) == flags, early == 0 else {
        return early == 0 ? .zeroValue : .earlyCut
      }
      carried = (short &<< UInt64((perWindow - 1) * width))
      for _ in 0..<perWindow {
        let run = window &>> 63
        let value = (window &>> UInt64(64 - width)) & mask
        unsafe output[done] = UInt8(truncatingIfNeeded: value & (run &- 1))
        done &+= Int(truncatingIfNeeded: 1 &+ (value & (0 &- run)))
        window &<<= UInt64(width)
      }
      position &+= perWindow * width
    }
    return nil
  }

  /// Reads the last codewords one by one.
  private mutating func readRest(
    into codes: UnsafeMutableBufferPointer<UInt8>
  ) -> RunLengthFault? {
    while unsafe done < codes.count {
      guard let codeword = unsafe nextCodeword() else { return .missing }
      let value = unsafe codeword & (levels - 1)
      if unsafe codeword < levels {
        guard value != 0 else { return .zeroValue }
        unsafe codes[done] = UInt8(truncatingIfNeeded: value)
        unsafe done += 1
        unsafe afterShortRun = false
      } else {
        guard unsafe !afterShortRun else { return .earlyCut }
        guard unsafe value < codes.count - done else { return .pastEnd }
        unsafe done += value + 1
        unsafe afterShortRun = unsafe value < levels - 1
      }
    }
    return nil
  }

  private mutating func nextCodeword() -> Int? {
    guard unsafe position + width <= payload.count * 8 else { return nil }
    let first = unsafe position >> 3
    // Up to seven bits before it and nine of its own: two bytes hold any codeword.
    let low = unsafe first + 1 < payload.count ? unsafe payload[first + 1] : 0
    let pair = unsafe Int(payload[first]) << 8 | Int(low)
    let codeword = unsafe pair >> (16 - (position & 7) - width)
    unsafe position += width
    return unsafe codeword & (levels * 2 - 1)
  }

  /// What is wrong with the bits after the last codeword.
  private var endFault: RunLengthFault? {
    guard unsafe payload.count == (position + 7) / 8 else { return .trailing }
    guard unsafe position & 7 != 0 else { return nil }
    let padding = unsafe payload[payload.count - 1] & (0xFF >> UInt8(position & 7))
    return padding == 0 ? nil : .padding
  }
}
