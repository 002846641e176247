import SplitpipeCore

/// Turns the codes of all tensors of a frame into bytes; one per sender, with memory of the frame
/// before.
///
/// The bytes hold codes alone: names, shapes, ranges and bit depth travel beside them.
protocol FrameCodesEncoder: Sendable {
  /// The bytes of one frame.
  ///
  /// - Parameters:
  ///   - tensors: quantized to the same depth.
  ///   - isDelta: whether the bytes may lean on the frame coded before, whose tensors have the same
  ///     shapes and depth. If not, memory starts anew.
  /// - Returns: at least one byte.
  /// - Throws: a bug or lack of memory in the library behind.
  mutating func encode(
    _ tensors: [QuantizedTensor], isDelta: Bool
  ) throws(SplitpipeError) -> [UInt8]
}

/// The way back; one per receiver.
protocol FrameCodesDecoder: Sendable {
  /// The codes that the bytes of one frame stand for.
  ///
  /// Total on any bytes; memory is bounded by the shapes, which the caller has checked against its
  /// limits. Memory of the frame before changes only if the bytes are accepted.
  ///
  /// - Parameters:
  ///   - payload: bytes that `encode` made.
  ///   - tensors: names and shapes, those of the frame before if this is a delta.
  ///   - bits: the depth, that of the frame before if this is a delta.
  ///   - isDelta: as it was encoded.
  /// - Returns: the codes of each tensor, in order.
  /// - Throws: bad data if these tensors do not have these bytes.
  mutating func decode(
    _ payload: ArraySlice<UInt8>, of tensors: [TensorDescription], bits: BitDepth, isDelta: Bool
  ) throws(SplitpipeError) -> [[UInt8]]
}

extension CodecSettings {
  /// The coder of the tensors of a frame together; nil where they are coded one by one.
  func makeFrameEncoder() throws(SplitpipeError) -> (any FrameCodesEncoder)? {
    guard case .frames(let makeEncoder, _) = codec.definition.coding else { return nil }
    return try makeEncoder(codec.level ?? 0)
  }

  /// The way back of `makeFrameEncoder`.
  func makeFrameDecoder() throws(SplitpipeError) -> (any FrameCodesDecoder)? {
    guard case .frames(_, let makeDecoder) = codec.definition.coding else { return nil }
    return try makeDecoder()
  }
}

/// The codes of all tensors one after another, and back.
enum JoinedCodes {
  static func join(_ tensors: [QuantizedTensor]) -> [UInt8] {
    var joined: [UInt8] = []
    joined.reserveCapacity(tensors.reduce(0) { $0 + $1.codes.count })
    for tensor in tensors { joined += tensor.codes }
    return joined
  }

  static func count(_ tensors: [TensorDescription]) -> Int {
    tensors.reduce(0) { $0 + $1.shape.count }
  }

  /// - Throws: bad data if a code is too large for its depth.
  static func split(
    _ joined: [UInt8], of tensors: [TensorDescription], bits: BitDepth
  ) throws(SplitpipeError) -> [[UInt8]] {
    var codes: [[UInt8]] = []
    var start = 0
    for tensor in tensors {
      let piece = Array(joined[start..<start + tensor.shape.count])
      if let largest = piece.max(), Int(largest) >= bits.levels {
        throw .badPayload(tensor, "expected codes below \(bits.levels), found \(largest)")
      }
      codes.append(piece)
      start += tensor.shape.count
    }
    return codes
  }
}

extension SplitpipeError {
  /// A payload of all tensors of a frame.
  static func badFrame(_ codec: String, _ problem: String) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "cannot read the \(codec) bytes of a frame: \(problem); the bytes are damaged or those of "
        + "another frame")
  }
}
