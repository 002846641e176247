public import SplitpipeCore

/// The name and shape that a tensor is known to have before its payload is read.
public struct TensorDescription: Hashable, Sendable {
  /// What the graph calls the tensor.
  public let name: String
  /// Its extent along each dimension.
  public let shape: Shape

  /// Joins name and shape.
  public init(name: String, shape: Shape) {
    self.name = name
    self.shape = shape
  }
}

/// Turns the codes of one tensor into bytes and back without loss.
///
/// Every payload starts with the tensor's minimum and maximum, or with those of each channel,
/// float32 little-endian.
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
    _ payload: [UInt8], of tensor: TensorDescription, bits: BitDepth, ranges: RangeLayout
  ) throws(SplitpipeError) -> QuantizedTensor
}

extension TensorCoder {
  /// Decodes a payload with one range, as `decode(_:of:bits:ranges:)` does.
  package func decode(
    _ payload: [UInt8], of tensor: TensorDescription, bits: BitDepth
  ) throws(SplitpipeError) -> QuantizedTensor {
    try decode(payload, of: tensor, bits: bits, ranges: .tensor)
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
