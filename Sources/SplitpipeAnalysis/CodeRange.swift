import SplitpipeCore

/// The range that codes divide into equal steps, as the contract's quantizer does.
struct CodeRange: Sendable, Equatable {
  let minimum: Float
  let maximum: Float

  /// The extremes of a tensor's values.
  ///
  /// - Throws: `badData`, naming the tensor, for an empty one, a NaN or an infinity, and for a range
  ///   that float32 cannot hold.
  init(of tensor: NamedTensor) throws(SplitpipeError) {
    let values = tensor.tensor.values
    guard !values.isEmpty else {
      throw SplitpipeError(
        .badData, "cannot analyse tensor \"\(tensor.name)\": it holds no values")
    }
    var low = SIMD8<Float>(repeating: .infinity)
    var high = SIMD8<Float>(repeating: -.infinity)
    // x · 0 is 0 for a finite x and NaN otherwise, and a NaN stays in a sum.
    var poison = SIMD8<Float>(repeating: 0)
    unsafe values.withUnsafeBytes { bytes in
      let whole = values.count & ~7
      for index in stride(from: 0, to: whole, by: 8) {
        let x = unsafe bytes.loadUnaligned(fromByteOffset: index * 4, as: SIMD8<Float>.self)
        low.replace(with: x, where: x .< low)
        high.replace(with: x, where: x .> high)
        poison += x * 0
      }
      for index in whole..<values.count {
        let x = unsafe bytes.loadUnaligned(fromByteOffset: index * 4, as: Float.self)
        low[0] = x < low[0] ? x : low[0]
        high[0] = x > high[0] ? x : high[0]
        poison[0] += x * 0
      }
    }
    guard poison.sum() == 0 else {
      let index = values.firstIndex { !$0.isFinite } ?? 0
      throw SplitpipeError(
        .badData,
        "cannot analyse tensor \"\(tensor.name)\": value \(index) of \(values.count) is "
          + "\(values[index]), expected finite numbers; check the model and its input")
    }
    minimum = low.min() + 0
    maximum = high.max() + 0
    guard (maximum - minimum).isFinite else {
      throw SplitpipeError(
        .badData,
        "cannot analyse tensor \"\(tensor.name)\": its values span \(minimum) to \(maximum), "
          + "expected a range that float32 can hold; check the model and its input")
    }
  }

  /// Writes one code per value, `round((x − min) / (max − min) · (2^bits − 1))` with halves to even;
  /// a value outside the range gets the code of its nearer end.
  ///
  /// - Parameters:
  ///   - values: finite numbers.
  ///   - bits: 2…8.
  ///   - codes: replaced by as many codes as there are values.
  func writeCodes(of values: [Float], bits: Int, to codes: inout [UInt8]) {
    if codes.count != values.count { codes = [UInt8](repeating: 0, count: values.count) }
    let span = maximum - minimum
    let (minimum, maximum) = (minimum, maximum)
    let top = Float(1 << bits - 1)
    // Above 1.5 · 2^23 a float32 has no fraction bits: the addition itself rounds half to even, and
    // the low byte of the sum is the code.
    let rounder: Float = 12_582_912
    unsafe values.withUnsafeBufferPointer { values in
      unsafe codes.withUnsafeMutableBufferPointer { codes in
        guard span > 0 else {
          unsafe codes.update(repeating: 0)
          return
        }
        for index in 0..<values.count {
          let value = unsafe values[index]
          let low = value < minimum ? minimum : value
          let inside = low > maximum ? maximum : low
          let scaled = (inside - minimum) / span * top
          unsafe codes[index] = UInt8(truncatingIfNeeded: (scaled + rounder).bitPattern)
        }
      }
    }
  }
}
