package import SplitpipeCore

extension NamedTensor {
  /// The values that codes stand for: `q / (2^b − 1) · (max − min) + min`, in float32 in this order,
  /// with the range of the tensor or of the code's channel.
  package init(restoring quantized: QuantizedTensor) {
    let codes = quantized.codes
    let ranges = quantized.ranges
    let piece = ranges.count == 1 ? codes.count : quantized.shape.planeCount
    let values = unsafe [Float](unsafeUninitializedCapacity: codes.count) { values, count in
      unsafe codes.withUnsafeBufferPointer { codes in
        for (number, start) in stride(from: 0, to: codes.count, by: max(1, piece)).enumerated() {
          let range = ranges[number % ranges.count]
          unsafe restoreValues(
            of: UnsafeBufferPointer(rebasing: codes[start..<start + piece]),
            minimum: range.minimum, maximum: range.maximum, levels: quantized.bits.levels,
            to: UnsafeMutableBufferPointer(rebasing: values[start..<start + piece]))
        }
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
