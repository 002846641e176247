public import SplitpipeCore

/// A codec and a bit depth that go together.
///
/// | codec | bits 2…8 | bits 32 |
/// | --- | --- | --- |
/// | `rle` | b + 1 bits per value or run | refused |
/// | `packed` | b bits per code | refused |
/// | `raw` | one byte per code | the float32 values, unchanged |
/// | others | all tensors of a frame together | refused |
public struct CodecSettings: Hashable, Sendable, CustomStringConvertible {
  /// How codes become bytes.
  public let codec: CodecName
  /// The width of a code.
  public let bits: BitDepth

  /// Joins a codec and a bit depth.
  ///
  /// - Throws: a usage error for 32 bits with a codec that codes quantized values only.
  public init(codec: CodecName, bits: BitDepth) throws(SplitpipeError) {
    guard codec.takes(bits) else { throw .unquantized(codec) }
    self.codec = codec
    self.bits = bits
  }

  /// The coder of one tensor's codes; nil where the float32 values travel themselves, or where the
  /// tensors of a frame are coded together (`FrameEncoder` does that).
  package var coder: (any TensorCoder)? {
    guard bits.isQuantized, case .tensors(let coder) = codec.definition.coding else { return nil }
    return coder
  }

  /// As in `rle at 3 bits`.
  public var description: String { "\(codec.rawValue) at \(bits) bits" }
}

extension SplitpipeError {
  fileprivate static func unquantized(_ codec: CodecName) -> SplitpipeError {
    SplitpipeError(
      .usage,
      "codec \(codec.rawValue) codes values of 2 to 8 bits, not 32; "
        + "use codec raw with 32 bits, or choose 2 to 8 bits")
  }
}
