import SplitpipeCore

/// `context`: the project's own codec behind the seam of frame coders.
struct ContextFrameEncoder: FrameCodesEncoder {
  private var encoder = ContextEncoder()

  mutating func encode(
    _ tensors: [QuantizedTensor], isDelta: Bool
  ) throws(SplitpipeError) -> [UInt8] {
    encoder.encode(tensors, dependency: isDelta ? .delta : .key)
  }
}

struct ContextFrameDecoder: FrameCodesDecoder {
  private var decoder = ContextDecoder()

  mutating func decode(
    _ payload: ArraySlice<UInt8>, of tensors: [TensorDescription], bits: BitDepth, isDelta: Bool
  ) throws(SplitpipeError) -> [[UInt8]] {
    try decoder.decode(
      Array(payload), of: tensors, bits: bits, dependency: isDelta ? .delta : .key)
  }
}
