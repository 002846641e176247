import SplitpipeCore

extension CodeRange {
  /// The extremes of a tensor's values.
  ///
  /// - Throws: `badData`, naming the tensor, for an empty one, a NaN or an infinity, and for a range
  ///   that float32 cannot hold.
  init(of named: NamedTensor) throws(SplitpipeError) {
    let values = named.tensor.values
    guard !values.isEmpty else {
      throw SplitpipeError(
        .badData, "cannot analyse tensor \"\(named.name)\": it holds no values")
    }
    guard let range = unsafe values.withUnsafeBufferPointer({ unsafe CodeRange(of: $0) }) else {
      let index = values.firstIndex { !$0.isFinite } ?? 0
      throw SplitpipeError(
        .badData,
        "cannot analyse tensor \"\(named.name)\": value \(index) of \(values.count) is "
          + "\(values[index]), expected finite numbers; check the model and its input")
    }
    guard range.isFinite else {
      throw SplitpipeError(
        .badData,
        "cannot analyse tensor \"\(named.name)\": its values span \(range.minimum) to "
          + "\(range.maximum), expected a range that float32 can hold; check the model and its "
          + "input")
    }
    self = range
  }

  /// Writes one code per value, as the quantizer has it (`CodeSteps`).
  ///
  /// - Parameters:
  ///   - values: finite numbers, some of them outside the range or none.
  ///   - bits: 2…8.
  ///   - codes: replaced by as many codes as there are values.
  func writeCodes(of values: [Float], bits: Int, to codes: inout [UInt8]) {
    if codes.count != values.count { codes = [UInt8](repeating: 0, count: values.count) }
    unsafe values.withUnsafeBufferPointer { values in
      unsafe codes.withUnsafeMutableBufferPointer { codes in
        unsafe writeCodes(of: values, levels: 1 << bits, to: codes)
      }
    }
  }
}
