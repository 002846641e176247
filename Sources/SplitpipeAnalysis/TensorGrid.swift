package import SplitpipeCore

/// A tensor seen as channels of rows and columns.
package struct TensorGrid: Hashable, Sendable {
  package let channels: Int
  package let height: Int
  package let width: Int

  package init(channels: Int, height: Int, width: Int) {
    self.channels = channels
    self.height = height
    self.width = width
  }

  /// The last two extents are rows and columns, the product of those before them the channels. A
  /// vector, such as 1×1280, is channels of one coefficient each.
  package init(_ shape: Shape) {
    guard shape.rank >= 3 else {
      self.init(channels: shape.count, height: 1, width: 1)
      return
    }
    self.init(
      channels: shape.dimensions.dropLast(2).reduce(1, *), height: shape[shape.rank - 2],
      width: shape[shape.rank - 1])
  }

  package var count: Int { channels * height * width }
  /// Coefficients of one channel.
  package var plane: Int { height * width }
}

/// What a coefficient is compared with: its neighbour in its row, in its column, in the channel
/// before, or in the frame before.
package enum Direction: Int, CaseIterable, Sendable {
  case row, column, channel, time
}
