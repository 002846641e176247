package import SplitpipeCore

/// A frame's tensors as the receiver has them.
package struct DecodedFrame: Sendable, Equatable {
  package let stamp: FrameStamp
  package let frontier: Frontier
  /// The codes the frontier was restored from; nil where float32 values travelled.
  package let quantized: [QuantizedTensor]?
}

/// Turns one packet after another back into tensors; one per receiver and run.
package struct FrameDecoder: Sendable {
  package let fingerprint: CutFingerprint
  package let limits: PacketLimits
  /// Packets that the sequence numbers show to be lost.
  package private(set) var missing = 0
  private var nextSequence: UInt32?

  package init(fingerprint: CutFingerprint, limits: PacketLimits = PacketLimits()) {
    self.fingerprint = fingerprint
    self.limits = limits
  }

  /// Parses the bytes of a packet and restores its tensors.
  ///
  /// - Parameters:
  ///   - bytes: one serialized packet.
  ///   - expected: names and shapes of the tensors that cross the cut, in its order.
  /// - Returns: the frame's tensors under those names.
  /// - Throws: bad data if the bytes are not a packet, or a packet of another cut or other shapes.
  package mutating func decode(
    _ bytes: [UInt8], expecting expected: [TensorDescription]
  ) throws(SplitpipeError) -> DecodedFrame {
    try decode(try Packet(parsing: bytes, limits: limits), expecting: expected)
  }

  /// Restores the tensors of a packet; as `decode(_:expecting:)` of bytes.
  package mutating func decode(
    _ packet: Packet, expecting expected: [TensorDescription]
  ) throws(SplitpipeError) -> DecodedFrame {
    guard packet.fingerprint == fingerprint else {
      throw .otherCut(packet, found: packet.fingerprint, expected: fingerprint)
    }
    guard packet.parts.map(\.shape) == expected.map(\.shape) else {
      throw .otherShapes(packet, expected)
    }
    let frame = try restore(packet, expected)
    if let nextSequence, packet.sequence > nextSequence {
      missing += Int(packet.sequence - nextSequence)
    }
    nextSequence = packet.sequence &+ 1
    return frame
  }

  private func restore(
    _ packet: Packet, _ expected: [TensorDescription]
  ) throws(SplitpipeError) -> DecodedFrame {
    guard let coder = packet.settings.coder else {
      var tensors: [NamedTensor] = []
      for (part, tensor) in zip(packet.parts, expected) {
        tensors.append(try FloatCoder().decode(part.payload, of: tensor))
      }
      return DecodedFrame(
        stamp: packet.stamp, frontier: Frontier(tensors: tensors), quantized: nil)
    }
    var tensors: [QuantizedTensor] = []
    for (part, tensor) in zip(packet.parts, expected) {
      tensors.append(try coder.decode(part.payload, of: tensor, bits: packet.settings.bits))
    }
    return DecodedFrame(
      stamp: packet.stamp, frontier: Frontier(restoring: tensors), quantized: tensors)
  }
}

extension SplitpipeError {
  fileprivate static func otherCut(
    _ packet: Packet, found: CutFingerprint, expected: CutFingerprint
  ) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "frame \(packet.stamp.index) was sent for another model or split (fingerprint \(found), "
        + "expected \(expected)); use the same model and split on both sides")
  }

  fileprivate static func otherShapes(
    _ packet: Packet, _ expected: [TensorDescription]
  ) -> SplitpipeError {
    let found = packet.parts.map(\.shape.description).joined(separator: ", ")
    let wanted = expected.map { "\"\($0.name)\" \($0.shape)" }.joined(separator: ", ")
    return SplitpipeError(
      .badData, "frame \(packet.stamp.index) holds tensors \(found), expected \(wanted)")
  }
}
