internal import CSplitpipeKernels

/// The extremes of a tensor's values.
struct ValueRange {
  var minimum: Float
  var maximum: Float
  /// False if any value is a NaN or an infinity; the extremes mean nothing then.
  var isFinite: Bool
}

/// The extremes of at least one value, in one vectorised pass.
func valueRange(
  of values: UnsafeBufferPointer<Float>, vectors: VectorSet = .best
) -> ValueRange {
  var range = ValueRange(minimum: .infinity, maximum: -.infinity, isFinite: true)
  if vectors.isKernel {
    range.isFinite = unsafe csplitpipe_value_range(
      vectors.identifier, values.baseAddress, values.count, &range.minimum, &range.maximum)
  } else {
    range = unsafe plainValueRange(of: values)
  }
  // Adding 0 turns −0 into 0, so that the bytes sent do not depend on which zero came first.
  range.minimum += 0
  range.maximum += 0
  return range
}

/// Writes one code per value: `round((x − min) / (max − min) · (levels − 1))`, in float32 in this
/// order, half to even; a finite value outside the range is taken as the end it is nearest to.
///
/// - Precondition: the values are finite, the range's width too; `codes` has room.
func writeCodes(
  of values: UnsafeBufferPointer<Float>, range: ValueRange, levels: Int,
  to codes: UnsafeMutableBufferPointer<UInt8>, vectors: VectorSet = .best
) {
  precondition(values.count <= codes.count, "there is room for a code per value")
  let span = range.maximum - range.minimum
  guard span > 0 else {
    unsafe codes[..<values.count].initialize(repeating: 0)
    return
  }
  let top = Float(levels - 1)
  if vectors.isKernel, VectorSet.rangeExponents.contains(span.exponent) {
    unsafe csplitpipe_write_codes(
      vectors.identifier, values.baseAddress, values.count, range.minimum, range.maximum, top,
      codes.baseAddress)
  } else {
    unsafe writePlainCodes(of: values, range: range, top: top, to: codes)
  }
}

/// Writes the value of each code: `q / (levels − 1) · (max − min) + min`, in float32 in this order.
///
/// - Precondition: `values` has room.
func restoreValues(
  of codes: UnsafeBufferPointer<UInt8>, minimum: Float, maximum: Float, levels: Int,
  to values: UnsafeMutableBufferPointer<Float>, vectors: VectorSet = .best
) {
  precondition(codes.count <= values.count, "there is room for a value per code")
  let top = Float(levels - 1)
  let span = maximum - minimum
  if vectors.isKernel {
    unsafe csplitpipe_restore_values(
      vectors.identifier, codes.baseAddress, codes.count, minimum, span, top, values.baseAddress)
  } else {
    // 256 entries whatever the depth, so that no byte can index past the table.
    let table = (0..<256).map { Float($0) / top * span + minimum }
    unsafe table.withUnsafeBufferPointer { table in
      for i in 0..<codes.count { unsafe values[i] = table[Int(codes[i])] }
    }
  }
}

private func plainValueRange(of values: UnsafeBufferPointer<Float>) -> ValueRange {
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
  return range
}

private func writePlainCodes(
  of values: UnsafeBufferPointer<Float>, range: ValueRange, top: Float,
  to codes: UnsafeMutableBufferPointer<UInt8>
) {
  let (low, high) = (range.minimum, range.maximum)
  let span = high - low
  // Above 1.5 · 2^23 a float32 has no fraction bits: the addition itself rounds half to even, and
  // the low byte of the sum is the code. This vectorises where rounded() and Int32() do not.
  let rounder: Float = 12_582_912
  for i in 0..<values.count {
    let value = unsafe values[i]
    let raised = value > low ? value : low
    let held = raised < high ? raised : high
    let scaled = (held - low) / span * top
    unsafe codes[i] = UInt8(truncatingIfNeeded: (scaled + rounder).bitPattern)
  }
}
