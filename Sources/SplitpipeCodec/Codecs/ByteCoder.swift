package import SplitpipeCore

extension CodecDefinition {
  /// One byte per code; at 32 bits the float32 values themselves (`FloatCoder`).
  static let raw = CodecDefinition(
    name: "raw", wireIdentifier: 3, takesFloats: true, coding: .tensors(ByteCoder()))
}

extension CodecName {
  /// A byte for each code; the float32 values themselves at 32 bits.
  public static let raw = CodecName(.raw)
}

/// `raw` at 2 to 8 bits: the range, then one byte per code in NCHW order.
package struct ByteCoder: TensorCoder {
  package init() {}

  package func encode(_ tensor: QuantizedTensor) -> [UInt8] {
    let prefix = tensor.ranges.count * RangePrefix.size
    let size = prefix + tensor.codes.count
    return unsafe [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
      _ = unsafe RangePrefix.write(tensor, to: UnsafeMutableRawBufferPointer(bytes))
      _ = unsafe bytes[prefix...].initialize(fromContentsOf: tensor.codes)
      count = size
    }
  }

  package func decode(
    _ payload: [UInt8], of tensor: TensorDescription, bits: BitDepth, ranges layout: RangeLayout
  ) throws(SplitpipeError) -> QuantizedTensor {
    let (ranges, start) = try RangePrefix.read(payload, of: tensor, layout: layout)
    let found = payload.count - start
    guard found == tensor.shape.count else {
      throw .badPayload(tensor, "expected \(tensor.shape.count) bytes of codes, found \(found)")
    }
    let codes = Array(payload[start...])
    if let largest = codes.max(), Int(largest) >= bits.levels {
      throw .badPayload(tensor, "expected codes below \(bits.levels), found \(largest)")
    }
    return QuantizedTensor(
      name: tensor.name, shape: tensor.shape, bits: bits, ranges: ranges, codes: codes)
  }
}
