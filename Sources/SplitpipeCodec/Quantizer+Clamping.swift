import SplitpipeCore

/// What was met while codes were written.
struct CodingTally {
  /// Values outside the range.
  var clamped = 0
  /// False if a value is a NaN or an infinity; the codes mean nothing then.
  var isFinite = true

  mutating func add(_ other: CodingTally) {
    clamped += other.clamped
    isFinite = isFinite && other.isFinite
  }
}

/// Adding it to a number of magnitude below 2^22 rounds that number half to even into the low bits:
/// above 1.5 · 2^23 a float32 has no fraction bits.
private let rounder: Float = 12_582_912
private let exponentBits: UInt32 = 0x7F80_0000

/// Writes one code per value as `writeCodes(of:range:levels:to:)` does, a value outside the range
/// taking the code of its nearer end.
///
/// - Precondition: the width of the range is finite; `codes` has room.
func writeClampedCodes(
  of values: UnsafeBufferPointer<Float>, range: CodeRange, levels: Int,
  to codes: UnsafeMutableBufferPointer<UInt8>
) -> CodingTally {
  unsafe writeCodes(of: values, range: range, levels: levels, to: codes) { _, _, nearest in
    nearest
  }
}

/// Writes one code per value, the previous one while the value, in steps above the minimum, is less
/// than `reach` away from it, and else as `writeClampedCodes(of:range:levels:to:)` does.
///
/// - Precondition: the width of the range is finite; `previous` holds a code below `levels` for each
///   value; `codes` has room.
func writeStickyCodes(
  of values: UnsafeBufferPointer<Float>, range: CodeRange, levels: Int,
  previous: UnsafeBufferPointer<UInt8>, reach: Float,
  to codes: UnsafeMutableBufferPointer<UInt8>
) -> CodingTally {
  unsafe writeCodes(of: values, range: range, levels: levels, to: codes) { i, scaled, nearest in
    let last = unsafe Float(previous[i])
    let distance = scaled - last
    return (distance < 0 ? -distance : distance) < reach ? last : nearest
  }
}

/// One pass without a branch on the data, which the compiler vectorises. `choose` takes the place of a
/// value, the value in steps above the minimum, and the same limited to the codes there are; it
/// returns what is rounded.
@inline(__always)
private func writeCodes(
  of values: UnsafeBufferPointer<Float>, range: CodeRange, levels: Int,
  to codes: UnsafeMutableBufferPointer<UInt8>,
  choose: (_ i: Int, _ scaled: Float, _ nearest: Float) -> Float
) -> CodingTally {
  let (minimum, maximum) = (range.minimum, range.maximum)
  let span = maximum - minimum
  guard span > 0 else {
    return unsafe writeConstant(values, minimum, to: codes)
  }
  let top = Float(levels - 1)
  var clamped: UInt32 = 0
  var notFinite: UInt32 = 0
  for i in 0..<values.count {
    let x = unsafe values[i]
    let scaled = (x - minimum) / span * top
    let above = scaled > 0 ? scaled : 0
    let inside = above < top ? above : top
    let code = choose(i, scaled, inside) + rounder
    unsafe codes[i] = UInt8(truncatingIfNeeded: code.bitPattern)
    clamped &+= x < minimum ? 1 : 0
    clamped &+= x > maximum ? 1 : 0
    notFinite |= x.bitPattern & exponentBits == exponentBits ? 1 : 0
  }
  return CodingTally(clamped: Int(clamped), isFinite: notFinite == 0)
}

/// A range of one value has one code.
private func writeConstant(
  _ values: UnsafeBufferPointer<Float>, _ constant: Float,
  to codes: UnsafeMutableBufferPointer<UInt8>
) -> CodingTally {
  unsafe codes[..<values.count].initialize(repeating: 0)
  var tally = CodingTally()
  for i in 0..<values.count {
    let x = unsafe values[i]
    tally.clamped += x == constant ? 0 : 1
    tally.isFinite = tally.isFinite && x.isFinite
  }
  return tally
}
