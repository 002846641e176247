/// The extremes of a tensor's values.
struct ValueRange {
  var minimum: Float
  var maximum: Float
  /// False if any value is a NaN or an infinity; the extremes mean nothing then.
  var isFinite: Bool
}

/// The extremes of at least one value, in one vectorised pass.
func valueRange(of values: UnsafeBufferPointer<Float>) -> ValueRange {
  let bytes = UnsafeRawBufferPointer(values)
  var low = SIMD16<Float>(repeating: .infinity)
  var high = SIMD16<Float>(repeating: -.infinity)
  // x · 0 is 0 for a finite x and NaN otherwise, and a NaN stays in a sum.
  var poison = SIMD16<Float>(repeating: 0)
  let whole = values.count & ~15
  for i in stride(from: 0, to: whole, by: 16) {
    let x = unsafe bytes.loadUnaligned(fromByteOffset: i * 4, as: SIMD16<Float>.self)
    low.replace(with: x, where: x .< low)
    high.replace(with: x, where: x .> high)
    poison += x * 0
  }
  var range = ValueRange(minimum: low.min(), maximum: high.max(), isFinite: true)
  var tail = poison.sum()
  for i in whole..<values.count {
    let x = unsafe values[i]
    range.minimum = x < range.minimum ? x : range.minimum
    range.maximum = x > range.maximum ? x : range.maximum
    tail += x * 0
  }
  range.isFinite = tail == 0
  // Adding 0 turns −0 into 0, so that the bytes sent do not depend on which zero came first.
  range.minimum += 0
  range.maximum += 0
  return range
}

/// Writes one code per value: `round((x − min) / (max − min) · (levels − 1))`.
///
/// - Precondition: the range holds every value and its width is finite; `codes` has room.
func writeCodes(
  of values: UnsafeBufferPointer<Float>, range: ValueRange, levels: Int,
  to codes: UnsafeMutableBufferPointer<UInt8>
) {
  let minimum = range.minimum
  let span = range.maximum - minimum
  guard span > 0 else {
    unsafe codes[..<values.count].initialize(repeating: 0)
    return
  }
  let top = Float(levels - 1)
  // Above 1.5 · 2^23 a float32 has no fraction bits: the addition itself rounds half to even, and
  // the low byte of the sum is the code. This vectorises where rounded() and Int32() do not.
  let rounder: Float = 12_582_912
  for i in 0..<values.count {
    let scaled = unsafe (values[i] - minimum) / span * top
    unsafe codes[i] = UInt8(truncatingIfNeeded: (scaled + rounder).bitPattern)
  }
}
