package import SplitpipeCore

/// `raw` at 32 bits: the float32 values of a tensor, little-endian, in NCHW order, bit for bit.
package struct FloatCoder: Sendable {
  package init() {}

  package func encode(_ tensor: Tensor<Float>) -> [UInt8] {
    let size = tensor.values.count * 4
    return unsafe [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
      let raw = UnsafeMutableRawBufferPointer(bytes)
      unsafe tensor.values.withUnsafeBufferPointer { values in
        for i in 0..<values.count {
          let pattern = unsafe values[i].bitPattern.littleEndian
          unsafe raw.storeBytes(of: pattern, toByteOffset: i * 4, as: UInt32.self)
        }
      }
      count = size
    }
  }

  /// - Throws: bad data if the payload is not four bytes per element of the shape.
  package func decode(
    _ payload: [UInt8], of tensor: TensorDescription
  ) throws(SplitpipeError) -> NamedTensor {
    let count = tensor.shape.count
    let (expected, overflow) = count.multipliedReportingOverflow(by: 4)
    guard !overflow, payload.count == expected else {
      throw .badPayload(tensor, "expected 4 bytes for each value, found \(payload.count) bytes")
    }
    let values = unsafe [Float](unsafeUninitializedCapacity: count) { values, initialized in
      unsafe payload.withUnsafeBytes { bytes in
        for i in 0..<count {
          let pattern = unsafe bytes.loadUnaligned(fromByteOffset: i * 4, as: UInt32.self)
          unsafe values[i] = Float(bitPattern: UInt32(littleEndian: pattern))
        }
      }
      initialized = count
    }
    return NamedTensor(name: tensor.name, tensor: Tensor(shape: tensor.shape, values: values))
  }
}
