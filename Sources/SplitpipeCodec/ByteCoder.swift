package import SplitpipeCore

/// `raw` at 2 to 8 bits: the range, then one byte per code in NCHW order.
package struct ByteCoder: TensorCoder {
  package init() {}

  package func encode(_ tensor: QuantizedTensor) -> [UInt8] {
    let size = RangePrefix.size + tensor.codes.count
    return unsafe [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
      unsafe RangePrefix.write(tensor, to: UnsafeMutableRawBufferPointer(bytes))
      _ = unsafe bytes[RangePrefix.size...].initialize(fromContentsOf: tensor.codes)
      count = size
    }
  }

  package func decode(
    _ payload: [UInt8], of tensor: TensorDescription, bits: BitDepth
  ) throws(SplitpipeError) -> QuantizedTensor {
    let range = try RangePrefix.read(payload, of: tensor)
    let found = payload.count - RangePrefix.size
    guard found == tensor.shape.count else {
      throw .badPayload(tensor, "expected \(tensor.shape.count) bytes of codes, found \(found)")
    }
    let codes = Array(payload[RangePrefix.size...])
    if let largest = codes.max(), Int(largest) >= bits.levels {
      throw .badPayload(tensor, "expected codes below \(bits.levels), found \(largest)")
    }
    return QuantizedTensor(
      name: tensor.name, shape: tensor.shape, bits: bits, minimum: range.minimum,
      maximum: range.maximum, codes: codes)
  }
}
