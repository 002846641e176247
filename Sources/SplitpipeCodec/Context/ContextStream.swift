/// Notes what the model coded, to be turned into bytes from the last symbol to the first.
///
/// One 32-bit event per symbol: lane modulo 4 in the top two bits, then 15 bits each of the
/// frequency and of the sum of the frequencies below.
@unsafe struct EventRecorder: SymbolCoder {
  static let isDecoding = false
  private let events: UnsafeMutablePointer<UInt32>
  private(set) var count = 0

  /// - Parameter events: room for as many as will be coded.
  init(_ events: UnsafeMutablePointer<UInt32>) { unsafe self.events = unsafe events }

  @inline(__always)
  mutating func code(
    _ symbol: Int, of symbols: Int, _ cumulative: UnsafePointer<UInt16>, lane: Int
  ) -> Int {
    let low = unsafe UInt32(cumulative[symbol])
    let frequency = unsafe UInt32(cumulative[symbol &+ 1]) &- low
    unsafe events[count] = UInt32(lane & 3) &<< 30 | frequency &<< 15 | low
    unsafe count &+= 1
    return symbol
  }

  var isSpent: Bool { false }
}

/// Range asymmetric numeral systems (Duda 2014) with up to four interleaved 32-bit states, words of
/// 16 bits and frequencies of 15 bits.
enum ContextStream {
  /// States are at least this between symbols, and this at the start.
  static let lowest: UInt32 = 1 << 16

  /// Appends the states, then the words, as a decoder reads them; both little-endian.
  static func write(
    _ events: UnsafePointer<UInt32>, count: Int, lanes: Int, to bytes: inout [UInt8]
  ) {
    var states = SIMD4<UInt32>(repeating: lowest)
    // At most one word per event: a symbol takes at most 15 bits.
    let room = 2 * count
    let words = unsafe [UInt8](unsafeUninitializedCapacity: room) { words, initialized in
      var start = room
      var event = count
      while event > 0 {
        event &-= 1
        let packed = unsafe events[event]
        let lane = Int(packed &>> 30) & (lanes &- 1)
        let frequency = packed &>> 15 & 0x7FFF
        var state = states[lane]
        if UInt64(state) >= UInt64(frequency) &<< 17 {
          start &-= 2
          unsafe words[start] = UInt8(truncatingIfNeeded: state)
          unsafe words[start &+ 1] = UInt8(truncatingIfNeeded: state &>> 8)
          state &>>= 16
        }
        states[lane] = (state / frequency) &<< 15 &+ state % frequency &+ packed & 0x7FFF
      }
      _ = unsafe words.update(fromContentsOf: UnsafeMutableBufferPointer(rebasing: words[start...]))
      initialized = room - start
    }
    append((0..<lanes).map { states[$0] }[...], to: &bytes)
    bytes += words
  }

  static func append(_ states: ArraySlice<UInt32>, to bytes: inout [UInt8]) {
    for state in states {
      for shift in stride(from: 0, to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: state >> UInt32(shift)))
      }
    }
  }

  /// Four states, those that the bytes do not hold at the start value; nil if the bytes end before
  /// or one is too low.
  static func states(_ bytes: [UInt8], at offset: Int, lanes: Int) -> [UInt32]? {
    guard bytes.count >= offset + 4 * lanes else { return nil }
    var states = [UInt32](repeating: lowest, count: 4)
    for lane in 0..<lanes {
      states[lane] = (0..<4).reduce(0) {
        $0 | UInt32(bytes[offset + 4 * lane + $1]) << UInt32(8 * $1)
      }
    }
    return states.allSatisfy { $0 >= lowest } ? states : nil
  }

  /// Moves running means, in sixteenths of a first symbol, towards a frame's codes: all the way for
  /// a key frame, else by a quarter.
  static func follow(_ codes: [UInt8], lowBits: Int, isKey: Bool, _ expected: inout [UInt8]) {
    for index in codes.indices {
      let code = (Int(codes[index]) << 4) >> lowBits
      let old = isKey ? code : Int(expected[index])
      expected[index] = UInt8(truncatingIfNeeded: old + (code - old + 2) >> 2)
    }
  }
}

/// Takes symbols from the bytes that `ContextStream` writes; safe on any bytes.
@unsafe struct StreamReader: SymbolCoder {
  static let isDecoding = true
  private let bytes: UnsafeRawBufferPointer
  private let lanes: Int
  private var position: Int
  private var states = SIMD4<UInt32>(repeating: ContextStream.lowest)
  /// Whether words were missing.
  private(set) var isSpent = false

  /// Reads the states that start at an offset.
  init(_ bytes: UnsafeRawBufferPointer, at offset: Int, lanes: Int) {
    unsafe self.bytes = unsafe bytes
    unsafe self.lanes = lanes
    unsafe position = offset + 4 * lanes
    guard unsafe position <= bytes.count else {
      unsafe isSpent = true
      return
    }
    for lane in 0..<lanes {
      let state = unsafe bytes.loadUnaligned(fromByteOffset: offset + 4 * lane, as: UInt32.self)
      unsafe states[lane] = UInt32(littleEndian: state)
    }
    unsafe isSpent = (0..<lanes).contains { unsafe states[$0] < ContextStream.lowest }
  }

  /// Whether all bytes were read and the states are those that writing began with.
  var isComplete: Bool {
    unsafe !isSpent && position == bytes.count
      && states == SIMD4(repeating: ContextStream.lowest)
  }

  @inline(__always)
  mutating func code(
    _ symbol: Int, of symbols: Int, _ cumulative: UnsafePointer<UInt16>, lane: Int
  ) -> Int {
    let lane = unsafe lane & (lanes &- 1)
    let state = unsafe states[lane]
    let target = UInt16(truncatingIfNeeded: state & 0x7FFF)
    var found = 0
    var step = symbols &>> 1
    while step > 0 {
      found &+= unsafe cumulative[found &+ step] <= target ? step : 0
      step &>>= 1
    }
    let low = unsafe cumulative[found]
    let frequency = unsafe UInt32(cumulative[found &+ 1] &- low)
    var next = frequency &* (state &>> 15) &+ UInt32(target &- low)
    if next < ContextStream.lowest { next = unsafe refilled(next) }
    unsafe states[lane] = next
    return found
  }

  @inline(__always)
  private mutating func refilled(_ state: UInt32) -> UInt32 {
    guard unsafe position &+ 2 <= bytes.count else {
      unsafe isSpent = true
      return ContextStream.lowest
    }
    let word = unsafe bytes.loadUnaligned(fromByteOffset: position, as: UInt16.self)
    unsafe position &+= 2
    return state &<< 16 | UInt32(UInt16(littleEndian: word))
  }
}
