package import SplitpipeCore

/// Turns float32 tensors into codes of 2 to 8 bits over the tensor's own range.
///
/// With min and max over all coefficients of a tensor,
/// `q = round((x − min) / (max − min) · (2^b − 1))`, rounded half to even, every operation a float32
/// operation in exactly this order: subtract, divide, multiply, round. A constant tensor has q = 0
/// everywhere. `NamedTensor.init(restoring:)` is the way back.
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
    let range = unsafe values.withUnsafeBufferPointer { unsafe valueRange(of: $0) }
    guard range.isFinite else { throw .notFinite(named) }
    guard (range.maximum - range.minimum).isFinite else { throw .rangeTooWide(named.name, range) }

    let codes = unsafe [UInt8](unsafeUninitializedCapacity: values.count) { codes, count in
      unsafe values.withUnsafeBufferPointer { values in
        unsafe writeCodes(of: values, range: range, levels: bits.levels, to: codes)
      }
      count = values.count
    }
    return QuantizedTensor(
      name: named.name, shape: named.tensor.shape, bits: bits, minimum: range.minimum,
      maximum: range.maximum, codes: codes)
  }
}

extension NamedTensor {
  /// The values that codes stand for: `q / (2^b − 1) · (max − min) + min`, in float32 in this order.
  package init(restoring quantized: QuantizedTensor) {
    let codes = quantized.codes
    let values = unsafe [Float](unsafeUninitializedCapacity: codes.count) { values, count in
      unsafe codes.withUnsafeBufferPointer { codes in
        unsafe restoreValues(
          of: codes, minimum: quantized.minimum, maximum: quantized.maximum,
          levels: quantized.bits.levels, to: values)
      }
      count = codes.count
    }
    self.init(
      name: quantized.name, tensor: Tensor(shape: quantized.shape, values: values))
  }
}

extension Frontier {
  /// The frontier that quantized tensors stand for, in their order.
  package init(restoring tensors: [QuantizedTensor]) {
    self.init(tensors: tensors.map { NamedTensor(restoring: $0) })
  }
}

extension SplitpipeError {
  fileprivate static func nothingToQuantize(_ name: String) -> SplitpipeError {
    SplitpipeError(.badData, "cannot quantize tensor \"\(name)\": it holds no values")
  }

  fileprivate static func notFinite(_ named: NamedTensor) -> SplitpipeError {
    let index = named.tensor.values.firstIndex { !$0.isFinite } ?? 0
    return SplitpipeError(
      .badData,
      "cannot quantize tensor \"\(named.name)\": value \(index) of \(named.tensor.shape.count) is "
        + "\(named.tensor.values[index]), expected finite numbers; check the model and its input")
  }

  fileprivate static func rangeTooWide(_ name: String, _ range: ValueRange) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "cannot quantize tensor \"\(name)\": its values span \(range.minimum) to \(range.maximum), "
        + "expected a range that float32 can hold; check the model and its input")
  }
}
