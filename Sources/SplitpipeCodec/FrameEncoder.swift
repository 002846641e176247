package import SplitpipeCore

/// Turns the tensors of one frame after another into packets; one per sender and run.
package struct FrameEncoder: Sendable {
  package let settings: CodecSettings
  package let fingerprint: CutFingerprint
  private let coder: (any TensorCoder)?
  private var sequence: UInt32 = 0

  package init(settings: CodecSettings, fingerprint: CutFingerprint) {
    self.settings = settings
    self.fingerprint = fingerprint
    coder = settings.coder
  }

  /// Codes quantized tensors, given in the order of the cut.
  ///
  /// - Throws: a bug if the tensors have another bit depth than the settings.
  package mutating func encode(
    stamp: FrameStamp, tensors: [QuantizedTensor]
  ) throws(SplitpipeError) -> Packet {
    guard let coder, tensors.allSatisfy({ $0.bits == settings.bits }) else {
      throw SplitpipeError(
        .bug, "an encoder for \(settings) was given tensors of another bit depth")
    }
    return try packet(
      stamp, parts: tensors.map { Packet.Part(shape: $0.shape, payload: coder.encode($0)) })
  }

  /// Sends the float32 values themselves, in the order of the cut.
  ///
  /// - Throws: a bug if the settings say that codes are sent.
  package mutating func encode(
    stamp: FrameStamp, frontier: Frontier
  ) throws(SplitpipeError) -> Packet {
    guard coder == nil else {
      throw SplitpipeError(.bug, "an encoder for \(settings) was given unquantized tensors")
    }
    let floats = FloatCoder()
    return try packet(
      stamp,
      parts: frontier.tensors.map {
        Packet.Part(shape: $0.tensor.shape, payload: floats.encode($0.tensor))
      })
  }

  private mutating func packet(
    _ stamp: FrameStamp, parts: [Packet.Part]
  ) throws(SplitpipeError) -> Packet {
    guard stamp.index >= 0, stamp.seconds.isFinite else {
      throw SplitpipeError(.bug, "frame \(stamp.index) has the time \(stamp.seconds)")
    }
    guard PacketLimits().allow(parts.map(\.shape)) else {
      throw .tooLarge(stamp, parts.map(\.shape))
    }
    defer { sequence &+= 1 }
    return Packet(
      settings: settings, reference: .key, sequence: sequence, stamp: stamp,
      fingerprint: fingerprint, parts: parts)
  }
}

extension SplitpipeError {
  fileprivate static func tooLarge(_ stamp: FrameStamp, _ shapes: [Shape]) -> SplitpipeError {
    let limits = PacketLimits()
    let found = shapes.map(\.description).joined(separator: ", ")
    return SplitpipeError(
      .badData,
      "cannot send the \(shapes.count) tensors of frame \(stamp.index) (\(found)): a packet has 1 to "
        + "\(limits.maximumTensors) tensors of rank 1 to \(limits.maximumRank), and at most "
        + "\(limits.maximumCoefficients) values; choose another split")
  }
}
