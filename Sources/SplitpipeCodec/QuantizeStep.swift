package import SplitpipeCore

/// The tensors of one frame as they will travel.
package struct QuantizedFrame: Sendable, Equatable {
  /// What the frame's packet may lean on.
  package let dependency: FrameDependency
  /// The codes, in the order of the cut; nil at 32 bits, where the values themselves travel.
  package let codes: [QuantizedTensor]?
  /// Values that lay outside the range of their codes.
  package let clamped: Int
}

/// Decides what each frame may lean on, and quantizes its tensors accordingly; one per sender and
/// run.
package struct QuantizeStep: Sendable {
  private var schedule: KeySchedule
  /// nil at 32 bits.
  private var quantizer: FrameQuantizer?

  /// - Parameters:
  ///   - settings: codec, quantizer and distance of key frames.
  ///   - request: carries a receiver's wish for a key frame.
  /// - Throws: nothing that settings which exist can cause.
  package init(
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
  package var keyFrames: Int { schedule.keyFrames }
  /// Values outside the range of their codes so far.
  package var clamped: Int { quantizer?.clamped ?? 0 }

  /// Quantizes the tensors of the next frame.
  ///
  /// - Parameters:
  ///   - frontier: the values, under the same names from frame to frame.
  ///   - stamp: the frame's index and time.
  ///   - sizes: of the picture and of the network's input; nil where there is no picture.
  /// - Returns: what is to be coded.
  /// - Throws: `badData`, naming the tensor, for values that cannot be quantized.
  package mutating func quantize(
    _ frontier: Frontier, of stamp: FrameStamp, sizes: FrameSizes? = nil
  ) throws(SplitpipeError) -> QuantizedFrame {
    let dependency = schedule.dependency(for: frontier, of: stamp, sizes: sizes)
    let clampedBefore = clamped
    let codes = try quantizer?.quantize(frontier, as: dependency)
    return QuantizedFrame(
      dependency: dependency, codes: codes, clamped: clamped - clampedBefore)
  }
}
