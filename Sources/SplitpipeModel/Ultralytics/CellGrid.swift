import SplitpipeCore

/// The cells of all levels of a head, in the order level, row, column.
struct CellGrid {
  /// Input pixels for one cell of each level.
  let strides: [Int]
  /// Rows and columns of each level.
  private let extents: [(rows: Int, columns: Int)]

  /// - Precondition: the sides of the input are multiples of every stride.
  init(strides: [Int], input: PixelSize) {
    self.strides = strides
    extents = strides.map { (input.height / $0, input.width / $0) }
  }

  var count: Int { extents.reduce(0) { $0 + $1.rows * $1.columns } }

  /// Centre x and y of every cell, in cells of its level: 1×2×cells.
  var centres: Weight {
    var (x, y): ([Float], [Float]) = ([], [])
    x.reserveCapacity(count * 2)
    y.reserveCapacity(count)
    for (rows, columns) in extents {
      for row in 0..<rows {
        for column in 0..<columns {
          x.append(Float(column) + 0.5)
          y.append(Float(row) + 0.5)
        }
      }
    }
    return Weight(floats: x + y, shape: Shape([1, 2, count]))
  }

  /// The stride of every cell: 1×1×cells.
  var cellStrides: Weight {
    let values = zip(strides, extents).flatMap { stride, extent in
      [Float](repeating: Float(stride), count: extent.rows * extent.columns)
    }
    return Weight(floats: values, shape: Shape([1, 1, count]))
  }
}
