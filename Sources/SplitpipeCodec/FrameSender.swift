public import SplitpipeCore

/// A sender as one piece: decides on key frames, quantizes and codes, one frame after another.
///
/// It is made of the steps that the stages of a pipeline run one by one, so that each has a time of
/// its own there.
public struct FrameSender: Sendable {
  private var quantize: QuantizeStep
  private var encode: EncodeStep

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
    quantize = try QuantizeStep(
      CodingSettings(codec: settings, quantizer: quantizer, keyInterval: interval),
      request: request)
    encode = EncodeStep(settings, fingerprint: fingerprint)
  }

  /// Frames at which ranges and memory started anew.
  public var keyFrames: Int { quantize.keyFrames }
  /// Values outside the range of their codes so far.
  public var clamped: Int { quantize.clamped }

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
    let quantized = try quantize.quantize(frontier, of: stamp, sizes: sizes)
    return SentFrame(
      quantized: quantized.codes,
      packet: try encode.encode(quantized, frontier: frontier, of: stamp, sizes: sizes))
  }
}
