package import SplitpipeCore

extension Weight {
  /// A float32 constant.
  ///
  /// - Precondition: as many values as the shape has elements.
  package init(floats values: [Float], shape: Shape) {
    let bytes = unsafe values.withUnsafeBytes { unsafe [UInt8]($0) }
    self.init(shape: shape, elementType: .float32, bytes: bytes)
  }

  /// The values of a float32 constant.
  ///
  /// - Precondition: it is one.
  package var floats: [Float] {
    precondition(elementType == .float32)
    return unsafe bytes.withUnsafeBytes { bytes in
      (0..<shape.count).map {
        unsafe bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self)
      }
    }
  }

  /// A vector of int64, as shapes and split sizes are.
  init(integers values: [Int]) {
    let bytes = unsafe values.map(Int64.init).withUnsafeBytes { unsafe [UInt8]($0) }
    self.init(shape: Shape([values.count]), elementType: .int64, bytes: bytes)
  }
}

extension Attribute {
  static func integers(_ values: [Int]) -> Attribute { .ints(values.map(Int64.init)) }
}

/// The bytes of integers, least significant first.
func littleEndian<Value: FixedWidthInteger>(_ values: [Value]) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(values.count * (Value.bitWidth / 8))
  for value in values {
    for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
  return bytes
}
