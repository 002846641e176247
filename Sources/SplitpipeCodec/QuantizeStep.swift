public import SplitpipeCore

/// The tensors of one frame as they will travel.
public struct QuantizedFrame: Sendable, Equatable {
  /// What the frame's packet may lean on.
  public let dependency: FrameDependency
  /// The codes, in the order of the cut; nil at 32 bits, where the values themselves travel.
  public let codes: [QuantizedTensor]?
  /// Values that lay outside the range of their codes.
  public let clamped: Int
}

/// Decides what each frame may lean on, and quantizes its tensors accordingly; one per sender and
/// run.
public struct QuantizeStep: Sendable {
  private var schedule: KeySchedule
  /// nil at 32 bits.
  private var quantizer: FrameQuantizer?

  /// - Parameters:
  ///   - settings: codec, quantizer and distance of key frames.
  ///   - request: carries a receiver's wish for a key frame.
  /// - Throws: nothing that settings which exist can cause.
  public init(
    _ settings: CodingSettings, request: KeyRequest = KeyRequest()
  ) throws(SplitpipeError) {
    schedule = KeySchedule(
      codec: settings.codec, quantizer: settings.quantizer, interval: settings.keyInterval,
      request: request)
    let bits = settings.codec.bits
    quantizer =
      bits.isQuantized ? try FrameQuantizer(settings: settings.quantizer, bits: bits) : nil
  }

  /// Frames at which ranges and memory started anew.
  public var keyFrames: Int { schedule.keyFrames }
  /// Values outside the range of their codes so far.
  public var clamped: Int { quantizer?.clamped ?? 0 }

  /// Quantizes the tensors of the next frame.
  ///
  /// - Parameters:
  ///   - frontier: the values, under the same names from frame to frame.
  ///   - stamp: the frame's index and time.
  ///   - sizes: of the picture and of the network's input; nil where there is no picture.
  /// - Returns: what is to be coded.
  /// - Throws: `badData`, naming the tensor, for values that cannot be quantized.
  public mutating func quantize(
    _ frontier: Frontier, of stamp: FrameStamp, sizes: FrameSizes? = nil
  ) throws(SplitpipeError) -> QuantizedFrame {
    let dependency = schedule.dependency(for: frontier, of: stamp, sizes: sizes)
    let clampedBefore = clamped
    let codes = try quantizer?.quantize(frontier, as: dependency)
    return QuantizedFrame(
      dependency: dependency, codes: codes, clamped: clamped - clampedBefore)
  }
}
