public import SplitpipeCore

/// Codes the tensors of one frame after another into packets; one per sender and run.
public struct EncodeStep: Sendable {
  private var encoder: FrameEncoder

  /// - Parameters:
  ///   - codec: codec and bit depth.
  ///   - fingerprint: names model and split.
  public init(_ codec: CodecSettings, fingerprint: CutFingerprint) {
    encoder = FrameEncoder(settings: codec, fingerprint: fingerprint)
  }

  /// Codes a frame.
  ///
  /// - Parameters:
  ///   - frame: what the quantizing step made of it.
  ///   - frontier: the values, which travel themselves at 32 bits.
  ///   - stamp: the frame's index and time.
  ///   - sizes: of the picture and of the network's input; nil where there is no picture.
  /// - Returns: the packet.
  /// - Throws: `badData` for tensors that no packet can hold.
  public mutating func encode(
    _ frame: QuantizedFrame, frontier: Frontier, of stamp: FrameStamp, sizes: FrameSizes? = nil
  ) throws(SplitpipeError) -> Packet {
    guard let codes = frame.codes else {
      return try encoder.encode(stamp: stamp, sizes: sizes, frontier: frontier)
    }
    return try encoder.encode(
      stamp: stamp, sizes: sizes, tensors: codes, dependency: frame.dependency)
  }
}
