package import SplitpipeCodec
package import SplitpipeCore

/// How an array is cut into the tensors that are coded one after another.
///
/// | array | tensors |
/// | --- | --- |
/// | (k) | one of 1×k |
/// | (h, w) | one of 1×1×h×w |
/// | (c, h, w) | one of 1×c×h×w |
/// | (n, c, h, w) | n of 1×c×h×w, none leaning on another |
/// | video (t, k), (t, h, w), (t, c, h, w) | t of the above, each may lean on the one before |
package struct ArraySlicing: Hashable, Sendable {
  /// The array's shape.
  package let shape: Shape
  /// Whether the first axis is time.
  package let isVideo: Bool
  /// How many tensors follow each other.
  package let frames: Int
  /// The shape of each.
  package let tensorShape: Shape

  /// - Throws: bad data if no tensor of the array fits a packet, a usage error for a video without a
  ///   time axis.
  package init(
    shape: Shape, isVideo: Bool, limits: PacketLimits = PacketLimits()
  ) throws(SplitpipeError) {
    let extents = shape.dimensions
    guard (1...4).contains(shape.rank) else { throw .unknownRank(shape) }
    guard shape.count > 0 else {
      throw SplitpipeError(.badData, "the array's shape \(shape) has no values to code")
    }
    guard !isVideo || shape.rank > 1 else {
      throw SplitpipeError(
        .usage, "an array of shape \(shape) is no video: expected (t,c,h,w), or fewer axes after t")
    }
    let isCut = isVideo || shape.rank == 4
    let inner = isCut ? Array(extents.dropFirst()) : extents
    let tensorShape = Shape((inner.count == 2 ? [1, 1] : [1]) + inner)
    guard tensorShape.count <= limits.maximumCoefficients,
      tensorShape.dimensions.allSatisfy({ $0 <= limits.maximumExtent })
    else { throw .tooLarge(tensorShape, limits) }
    self.shape = shape
    self.isVideo = isVideo
    self.tensorShape = tensorShape
    frames = isCut ? extents[0] : 1
  }
}

extension SplitpipeError {
  fileprivate static func unknownRank(_ shape: Shape) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "the array has \(shape.rank) axes (\(shape)), expected 1 to 4: (c,h,w), (n,c,h,w), as a video "
        + "(t,c,h,w), or fewer; reshape it")
  }

  fileprivate static func tooLarge(_ shape: Shape, _ limits: PacketLimits) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "the array's tensors of shape \(shape) are too large: expected at most "
        + "\(limits.maximumCoefficients) values each and extents up to \(limits.maximumExtent); cut "
        + "it along a first axis, to (n,c,h,w)")
  }
}
