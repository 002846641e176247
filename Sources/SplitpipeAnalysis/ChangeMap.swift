/// How often the codes of each location changed, over all channels.
package struct ChangeMap: Sendable, Equatable {
  package let height: Int
  package let width: Int
  /// Changes by location, row after row.
  private var changes: [UInt32]
  /// Comparisons of one location: frames times channels.
  private var comparisons = 0

  init(_ grid: TensorGrid) {
    height = grid.height
    width = grid.width
    changes = [UInt32](repeating: 0, count: grid.plane)
  }

  /// Share of comparisons that found a change, by location, row after row; nil without comparisons.
  package var shares: [Double]? {
    guard comparisons > 0 else { return nil }
    return changes.map { Double($0) / Double(comparisons) }
  }

  /// Maps of another size are left out: their locations are others.
  mutating func merge(_ other: ChangeMap) {
    guard height == other.height, width == other.width else { return }
    halve(before: other.comparisons)
    for index in changes.indices { changes[index] += other.changes[index] }
    comparisons += other.comparisons
  }

  /// - Precondition: `grid.count` codes in either array.
  mutating func add(_ codes: [UInt8], before: [UInt8], grid: TensorGrid) {
    guard grid.height == height, grid.width == width else { return }
    precondition(
      codes.count == grid.count && before.count == grid.count, "codes of the grid's size")
    halve(before: grid.channels)
    let plane = grid.plane
    unsafe changes.withUnsafeMutableBufferPointer { changes in
      unsafe codes.withUnsafeBufferPointer { codes in
        unsafe before.withUnsafeBufferPointer { before in
          for channel in 0..<grid.channels {
            let start = channel * plane
            for index in 0..<plane {
              unsafe changes[index] &+= codes[start + index] == before[start + index] ? 0 : 1
            }
          }
        }
      }
    }
    comparisons += grid.channels
  }

  /// Keeps sums below 2^32 by giving up their last bit, after some hundred million frames.
  private mutating func halve(before more: Int) {
    while comparisons + more > Int(UInt32.max) / 2, comparisons > 0 {
      for index in changes.indices { changes[index] /= 2 }
      comparisons /= 2
    }
  }
}
