package import SplitpipeCore

/// The name and shape that a tensor is known to have before its payload is read.
package struct TensorDescription: Hashable, Sendable {
  package let name: String
  package let shape: Shape

  package init(name: String, shape: Shape) {
    self.name = name
    self.shape = shape
  }
}

/// Turns the codes of one tensor into bytes and back without loss.
///
/// Every payload starts with the tensor's minimum and maximum, float32 little-endian.
package protocol TensorCoder: Sendable {
  /// The payload of one tensor.
  func encode(_ tensor: QuantizedTensor) -> [UInt8]

  /// The one tensor that `encode(_:)` turns into this payload.
  ///
  /// Total on any bytes. Memory is bounded by the shape, which the caller checks against its
  /// limits first (`PacketLimits`).
  ///
  /// - Precondition: `bits` is a quantized depth.
  /// - Throws: bad data, naming the tensor, if no tensor of this shape has this payload.
  func decode(
    _ payload: [UInt8], of tensor: TensorDescription, bits: BitDepth
  ) throws(SplitpipeError) -> QuantizedTensor
}

/// The minimum and maximum in front of every payload of codes.
enum RangePrefix {
  /// Bytes taken: two float32.
  static let size = 8

  static func write(_ tensor: QuantizedTensor, to bytes: UnsafeMutableRawBufferPointer) {
    let (low, high) = (tensor.minimum.bitPattern, tensor.maximum.bitPattern)
    unsafe bytes.storeBytes(of: low.littleEndian, toByteOffset: 0, as: UInt32.self)
    unsafe bytes.storeBytes(of: high.littleEndian, toByteOffset: 4, as: UInt32.self)
  }

  /// - Throws: bad data if the payload is too short or its range is not a finite one.
  static func read(
    _ payload: [UInt8], of tensor: TensorDescription
  ) throws(SplitpipeError) -> (minimum: Float, maximum: Float) {
    guard payload.count >= size else {
      throw .badPayload(
        tensor, "expected at least \(size) bytes of range, found \(payload.count)")
    }
    func float(at offset: Int) -> Float {
      let pattern = (0..<4).reduce(UInt32(0)) { $0 | UInt32(payload[offset + $1]) << ($1 * 8) }
      return Float(bitPattern: pattern)
    }
    let (minimum, maximum) = (float(at: 0), float(at: 4))
    guard minimum <= maximum, (maximum - minimum).isFinite, minimum.isFinite else {
      throw .badPayload(
        tensor, "expected a minimum not above a maximum, found \(minimum) and \(maximum)")
    }
    return (minimum, maximum)
  }
}

extension SplitpipeError {
  static func badPayload(_ tensor: TensorDescription, _ problem: String) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "cannot read the payload of tensor \"\(tensor.name)\" (\(tensor.shape)): \(problem); "
        + "the bytes are damaged or not of this codec and bit depth")
  }
}
