package import SplitpipeCore

/// Measures what one codec makes of one frame after another: bytes and time, either way.
///
/// Every frame that was coded is decoded and compared, so that no figure is of a coder that loses.
package struct CodecMeter: Sendable {
  /// What one frame came to.
  package struct Sample: Sendable {
    /// Whether the packet leans on the frame before.
    package let isDelta: Bool
    /// Bytes on the wire, header included.
    package let bytes: Int
    /// From codes to packet, and from packet to codes.
    package let encode: Duration
    package let decode: Duration
  }

  package let settings: CodecSettings
  private static let fingerprint = CutFingerprint(value: 0)
  private var encoder: FrameEncoder
  private var decoder = FrameDecoder(fingerprint: Self.fingerprint)

  package init(settings: CodecSettings) {
    self.settings = settings
    encoder = FrameEncoder(settings: settings, fingerprint: Self.fingerprint)
  }

  /// Codes and decodes a frame.
  ///
  /// - Parameters:
  ///   - stamp: the frame's index and time.
  ///   - tensors: its codes.
  ///   - dependency: what it may lean on.
  /// - Returns: bytes and times.
  /// - Throws: what encoder and decoder throw; a bug if the codes do not come back.
  package mutating func measure(
    _ stamp: FrameStamp, _ tensors: [QuantizedTensor], dependency: FrameDependency
  ) throws(SplitpipeError) -> Sample {
    let start = ContinuousClock.now
    let packet = try encoder.encode(stamp: stamp, tensors: tensors, dependency: dependency)
    let encoded = ContinuousClock.now
    let expected = tensors.map { TensorDescription(name: $0.name, shape: $0.shape) }
    let decodeStart = ContinuousClock.now
    let codes = try decoder.codes(of: packet, expecting: expected)
    let decoded = ContinuousClock.now
    guard codes == tensors else {
      throw SplitpipeError(
        .bug, "\(settings) does not give back the codes of frame \(stamp.index)")
    }
    return Sample(
      isDelta: packet.dependency != .key, bytes: packet.serialized().count,
      encode: encoded - start, decode: decoded - decodeStart)
  }
}
