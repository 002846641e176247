/// How two rows become the frequencies of one symbol, and how a row learns it.
///
/// Rows are worked on in halves of eight slots, one half for up to eight symbols.
@unsafe struct ContextMixer {
  private typealias Half = SIMD8<UInt16>

  let symbols: Int
  private let halves: Int
  /// 0 for slot 0, else 32768 less the number of symbols.
  private let scale: (SIMD8<UInt32>, SIMD8<UInt32>)
  /// What makes every frequency at least 1.
  private let ramp: (Half, Half)
  private let cumulative: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - symbols: how many there are, 2 to 16.
  ///   - cumulative: room for 17 numbers of 16 bits.
  init(symbols: Int, cumulative: UnsafeMutableRawPointer) {
    unsafe self.symbols = symbols
    unsafe halves = symbols > 8 ? 2 : 1
    let factor = SIMD8<UInt32>(repeating: UInt32(32768 - symbols))
    var firstFactor = factor
    firstFactor[0] = 0
    unsafe scale = (firstFactor, factor)
    var ramp = (Half(repeating: UInt16(symbols + 1)), Half(8, 9, 10, 11, 12, 13, 14, 15))
    for slot in 0..<min(8, symbols) { ramp.0[slot] = UInt16(slot) }
    unsafe self.ramp = ramp
    unsafe self.cumulative = unsafe cumulative
    unsafe cumulative.storeBytes(of: 32768, toByteOffset: 16 * halves, as: UInt16.self)
  }

  /// Cumulative frequencies in 1/32768 from the mean of two rows: 0 first, 32768 at place
  /// `symbols`, each at least 1 above the one before. Valid until the next call.
  @inline(__always)
  func mix(_ first: UnsafePointer<UInt16>, _ second: UnsafePointer<UInt16>)
    -> UnsafePointer<UInt16>
  {
    unsafe mixHalf(first, second, scale.0, ramp.0, at: 0)
    if unsafe halves == 2 { unsafe mixHalf(first + 8, second + 8, scale.1, ramp.1, at: 16) }
    return unsafe UnsafePointer(cumulative.assumingMemoryBound(to: UInt16.self))
  }

  @inline(__always)
  private func mixHalf(
    _ first: UnsafePointer<UInt16>, _ second: UnsafePointer<UInt16>, _ scale: SIMD8<UInt32>,
    _ ramp: Half, at offset: Int
  ) {
    let a = unsafe UnsafeRawPointer(first).loadUnaligned(as: Half.self)
    let b = unsafe UnsafeRawPointer(second).loadUnaligned(as: Half.self)
    let mean = (a | b) &- ((a ^ b) &>> 1)
    let high = (SIMD8<UInt32>(truncatingIfNeeded: mean) &* scale) &>> 16
    let sums = Half(truncatingIfNeeded: high) &+ ramp
    unsafe cumulative.storeBytes(of: sums, toByteOffset: offset, as: Half.self)
  }

  /// Moves a row towards a symbol: 1/8 of the way at first, 1/64 from the 97th symbol on.
  @inline(__always)
  func learn(_ symbol: Int, _ row: UnsafeMutablePointer<UInt16>) {
    let count = unsafe row[0]
    let rate = Half(repeating: 3 &+ count &>> 5)
    unsafe learnHalf(symbol, row, rate, count: min(96, count &+ 1))
    if unsafe halves == 2 { unsafe learnHalf(symbol &- 8, row + 8, rate, count: nil) }
  }

  @inline(__always)
  private func learnHalf(
    _ symbol: Int, _ row: UnsafeMutablePointer<UInt16>, _ rate: Half, count: UInt16?
  ) {
    let old = unsafe UnsafeRawPointer(row).loadUnaligned(as: Half.self)
    let last = SIMD8<Int16>(repeating: Int16(truncatingIfNeeded: symbol))
    let above = Half(repeating: 0).replacing(
      with: Half(repeating: 0xFFFF), where: SIMD8<Int16>(0, 1, 2, 3, 4, 5, 6, 7) .> last)
    var new = old ^ above
    new = (new &- (new &>> rate)) ^ above
    if let count { new[0] = count }
    unsafe UnsafeMutableRawPointer(row).storeBytes(of: new, as: Half.self)
  }
}
