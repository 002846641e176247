package import SplitpipeCore

/// Turns float32 tensors into codes of 2 to 8 bits over the tensor's own range, as the paper does;
/// `FrameQuantizer` has the other ways.
///
/// The range is from the least to the greatest of all coefficients of a tensor, the codes are those
/// of `CodeSteps`, bit for bit. A constant tensor has the code 0 everywhere.
/// `NamedTensor.init(restoring:)` is the way back.
package struct Quantizer: Sendable {
  package let bits: BitDepth

  /// - Throws: a usage error for 32 bits, which means no quantization.
  package init(bits: BitDepth) throws(SplitpipeError) {
    guard bits.isQuantized else {
      throw SplitpipeError(.usage, "a quantizer has 2 to 8 bits, not \(bits)")
    }
    self.bits = bits
  }

  /// Codes every tensor of a frontier, in its order.
  ///
  /// - Throws: bad data, naming the tensor, as `quantize(_:)` of one tensor does.
  package func quantize(_ frontier: Frontier) throws(SplitpipeError) -> [QuantizedTensor] {
    var tensors: [QuantizedTensor] = []
    tensors.reserveCapacity(frontier.tensors.count)
    for tensor in frontier.tensors { tensors.append(try quantize(tensor)) }
    return tensors
  }

  /// Codes one tensor; two passes over its values.
  ///
  /// - Throws: bad data, naming the tensor, if it is empty, holds a NaN or an infinity, or spans
  ///   more than float32 can express.
  package func quantize(_ named: NamedTensor) throws(SplitpipeError) -> QuantizedTensor {
    let values = named.tensor.values
    guard !values.isEmpty else { throw .nothingToQuantize(named.name) }
    let found = unsafe values.withUnsafeBufferPointer { unsafe CodeRange(of: $0, vectors: .best) }
    guard let range = found else { throw .notFinite(named) }
    guard range.width.isFinite else { throw .rangeTooWide(named.name, range) }

    let codes = unsafe [UInt8](unsafeUninitializedCapacity: values.count) { codes, count in
      unsafe values.withUnsafeBufferPointer { values in
        unsafe range.writeCodes(of: values, levels: bits.levels, to: codes, vectors: .best)
      }
      count = values.count
    }
    return QuantizedTensor(
      name: named.name, shape: named.tensor.shape, bits: bits, ranges: [range],
      codes: codes)
  }
}

extension SplitpipeError {
  static func nothingToQuantize(_ name: String) -> SplitpipeError {
    SplitpipeError(.badData, "cannot quantize tensor \"\(name)\": it holds no values")
  }

  static func notFinite(_ named: NamedTensor) -> SplitpipeError {
    let index = named.tensor.values.firstIndex { !$0.isFinite } ?? 0
    return SplitpipeError(
      .badData,
      "cannot quantize tensor \"\(named.name)\": value \(index) of \(named.tensor.shape.count) is "
        + "\(named.tensor.values[index]), expected finite numbers; check the model and its input")
  }

  static func rangeTooWide(_ name: String, _ range: CodeRange) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "cannot quantize tensor \"\(name)\": its values span \(range.minimum) to \(range.maximum), "
        + "expected a range that float32 can hold; check the model and its input")
  }
}
