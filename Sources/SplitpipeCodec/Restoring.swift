public import SplitpipeCore

extension NamedTensor {
  /// The values that codes stand for (`CodeSteps`), by the range of the tensor or of the code's
  /// channel.
  public init(restoring quantized: QuantizedTensor) {
    let codes = quantized.codes
    let ranges = quantized.ranges
    let piece = ranges.count == 1 ? codes.count : quantized.shape.planeCount
    let values = unsafe [Float](unsafeUninitializedCapacity: codes.count) { values, count in
      unsafe codes.withUnsafeBufferPointer { codes in
        for (number, start) in stride(from: 0, to: codes.count, by: max(1, piece)).enumerated() {
          unsafe ranges[number % ranges.count].writeValues(
            of: UnsafeBufferPointer(rebasing: codes[start..<start + piece]),
            levels: quantized.bits.levels,
            to: UnsafeMutableBufferPointer(rebasing: values[start..<start + piece]),
            vectors: .best)
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
  public init(restoring tensors: [QuantizedTensor]) {
    self.init(tensors: tensors.map { NamedTensor(restoring: $0) })
  }
}
