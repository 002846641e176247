import SplitpipeCore

extension CodecDefinition {
  /// The project's own: symbols coded by what is known of their neighbours and of the frame before.
  static let context = CodecDefinition(
    name: "context", wireIdentifier: 4, isTemporal: true,
    coding: .frames(encoder: { _ in ContextEncoder() }, decoder: { ContextDecoder() }))
}

extension CodecName {
  /// The project's own: contexts of neighbours and of the frame before.
  public static let context = CodecName(.context)
}

extension ContextEncoder: FrameCodesEncoder {
  mutating func encode(_ tensors: [QuantizedTensor], isDelta: Bool) -> [UInt8] {
    encode(tensors, dependency: isDelta ? .delta : .key)
  }
}

extension ContextDecoder: FrameCodesDecoder {
  mutating func decode(
    _ payload: ArraySlice<UInt8>, of tensors: [TensorDescription], bits: BitDepth, isDelta: Bool
  ) throws(SplitpipeError) -> [[UInt8]] {
    try decode(Array(payload), of: tensors, bits: bits, dependency: isDelta ? .delta : .key)
  }
}
