/// The values that the lowest and the highest code stand for.
package struct CodeRange: Hashable, Sendable {
  package let minimum: Float
  package let maximum: Float

  package init(minimum: Float, maximum: Float) {
    self.minimum = minimum
    self.maximum = maximum
  }
}

/// How many ranges the codes of a tensor have.
package enum RangeLayout: Hashable, Sendable {
  /// One for all codes.
  case tensor
  /// One for each channel.
  case channel

  /// The number of ranges of a tensor of this shape.
  package func count(_ shape: Shape) -> Int {
    switch self {
    case .tensor: 1
    case .channel: shape.channels
    }
  }
}

extension Shape {
  /// Channels of a picture-like tensor: the extent of the axis before the last two; 1 where there
  /// is none, as for the one-dimensional output of a classifier.
  package var channels: Int { rank < 3 ? 1 : dimensions[rank - 3] }

  /// Elements of one channel of one picture, which lie side by side.
  package var planeCount: Int {
    rank < 3 ? count : dimensions[rank - 2] * dimensions[rank - 1]
  }
}
