internal import CSplitpipeKernels
import SplitpipeCore

// The quantizer's passes in the best instructions at hand; each has a twin in plain Swift that gives
// the same bits (`CodeSteps`).

extension CodeRange {
  /// The lowest and the highest of at least one value, 0 for −0, in one vectorised pass; nil if one
  /// of them is a NaN or an infinity.
  init?(of values: UnsafeBufferPointer<Float>, vectors: VectorSet) {
    guard vectors.isKernel else {
      unsafe self.init(of: values)
      return
    }
    var (minimum, maximum) = (Float.infinity, -Float.infinity)
    let isFinite = unsafe csplitpipe_value_range(
      vectors.identifier, values.baseAddress, values.count, &minimum, &maximum)
    guard isFinite else { return nil }
    self = CodeRange(minimum: minimum, maximum: maximum).withoutNegativeZero
  }

  /// Writes codes as `writeCodes(of:levels:to:)` does.
  ///
  /// - Precondition: the values are finite, the range's width too; `codes` has room.
  func writeCodes(
    of values: UnsafeBufferPointer<Float>, levels: Int,
    to codes: UnsafeMutableBufferPointer<UInt8>, vectors: VectorSet
  ) {
    guard vectors.isKernel, width > 0, VectorSet.rangeExponents.contains(width.exponent) else {
      unsafe writeCodes(of: values, levels: levels, to: codes)
      return
    }
    precondition(values.count <= codes.count, "there is room for a code per value")
    unsafe csplitpipe_write_codes(
      vectors.identifier, values.baseAddress, values.count, minimum, maximum, Float(levels - 1),
      codes.baseAddress)
  }

  /// Writes values as `writeValues(of:levels:to:)` does.
  ///
  /// - Precondition: `values` has room.
  func writeValues(
    of codes: UnsafeBufferPointer<UInt8>, levels: Int,
    to values: UnsafeMutableBufferPointer<Float>, vectors: VectorSet
  ) {
    guard vectors.isKernel else {
      unsafe writeValues(of: codes, levels: levels, to: values)
      return
    }
    precondition(codes.count <= values.count, "there is room for a value per code")
    unsafe csplitpipe_restore_values(
      vectors.identifier, codes.baseAddress, codes.count, minimum, width, Float(levels - 1),
      values.baseAddress)
  }
}
