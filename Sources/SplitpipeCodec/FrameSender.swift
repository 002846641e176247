public import SplitpipeCore

/// A sender as one piece: decides on key frames, quantizes and codes, one frame after another.
///
/// The stages of a pipeline do the same in two steps, so that each has a time of its own.
public struct FrameSender: Sendable {
  private var schedule: KeySchedule
  /// nil at 32 bits.
  private var quantizer: FrameQuantizer?
  private var encoder: FrameEncoder

  /// What became of a frame.
  public struct SentFrame: Sendable {
    /// The codes that travel; nil at 32 bits.
    public let quantized: [QuantizedTensor]?
    /// What is to be sent.
    public let packet: Packet
  }

  /// Starts with a key frame.
  ///
  /// - Parameters:
  ///   - settings: codec and bit depth.
  ///   - quantizer: how values become codes; of no meaning at 32 bits.
  ///   - interval: frames from one key frame to the next at the latest, from 1.
  ///   - fingerprint: names model and split.
  ///   - request: carries the receiver's wish for a key frame.
  /// - Throws: nothing that settings which exist can cause.
  public init(
    settings: CodecSettings, quantizer: QuantizerSettings = .paper,
    interval: Int = KeySchedule.usualInterval, fingerprint: CutFingerprint,
    request: KeyRequest = KeyRequest()
  ) throws(SplitpipeError) {
    schedule = KeySchedule(
      codec: settings, quantizer: quantizer, interval: interval, request: request)
    self.quantizer =
      settings.bits.isQuantized
      ? try FrameQuantizer(settings: quantizer, bits: settings.bits) : nil
    encoder = FrameEncoder(settings: settings, fingerprint: fingerprint)
  }

  /// Frames at which ranges and memory started anew.
  public var keyFrames: Int { schedule.keyFrames }
  /// Values outside the range of their codes so far.
  public var clamped: Int { quantizer?.clamped ?? 0 }

  /// Codes one frame.
  ///
  /// - Parameters:
  ///   - frontier: the frame's tensors, under the same names from frame to frame.
  ///   - stamp: the frame's index and time.
  ///   - sizes: those of the picture and of the network's input; nil where there is no picture.
  /// - Returns: codes and packet.
  /// - Throws: bad data, naming the tensor, for values that cannot be quantized or tensors that no
  ///   packet can hold.
  public mutating func send(
    _ frontier: Frontier, stamp: FrameStamp, sizes: FrameSizes? = nil
  ) throws(SplitpipeError) -> SentFrame {
    let dependency = schedule.dependency(for: frontier, of: stamp, sizes: sizes)
    guard let codes = try quantizer?.quantize(frontier, as: dependency) else {
      return SentFrame(
        quantized: nil, packet: try encoder.encode(stamp: stamp, sizes: sizes, frontier: frontier))
    }
    return SentFrame(
      quantized: codes,
      packet: try encoder.encode(
        stamp: stamp, sizes: sizes, tensors: codes, dependency: dependency))
  }
}
