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
          let table = restoredValues(quantized.bits, ranges[number % ranges.count])
          unsafe table.withUnsafeBufferPointer { table in
            for i in start..<start + piece { unsafe values[i] = table[Int(codes[i])] }
          }
        }
      }
      count = codes.count
    }
    self.init(
      name: quantized.name, tensor: Tensor(shape: quantized.shape, values: values))
  }
}

/// The value of every code; 256 entries whatever the depth, so that no byte can index past them.
private func restoredValues(_ bits: BitDepth, _ range: CodeRange) -> [Float] {
  let top = Float(bits.levels - 1)
  let span = range.maximum - range.minimum
  return (0..<256).map { Float($0) / top * span + range.minimum }
}

extension Frontier {
  /// The frontier that quantized tensors stand for, in their order.
  package init(restoring tensors: [QuantizedTensor]) {
    self.init(tensors: tensors.map { NamedTensor(restoring: $0) })
  }
}
