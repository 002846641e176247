/// How often the codes of each location changed, over all channels.
package struct ChangeMap: Sendable, Equatable {
  package let height: Int
  package let width: Int
  /// Changes by location, row after row.
  private var changes: [UInt32]
  /// Comparisons of one location: frames times channels.
  private var comparisons = 0

  init(_ layout: TensorLayout) {
    height = layout.height
    width = layout.width
    changes = [UInt32](repeating: 0, count: layout.plane)
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

  /// - Precondition: `layout.count` codes in either array.
  mutating func add(_ codes: [UInt8], before: [UInt8], layout: TensorLayout) {
    guard layout.height == height, layout.width == width else { return }
    precondition(
      codes.count == layout.count && before.count == layout.count, "codes of the layout's size")
    halve(before: layout.channels)
    let plane = layout.plane
    unsafe changes.withUnsafeMutableBufferPointer { changes in
      unsafe codes.withUnsafeBufferPointer { codes in
        unsafe before.withUnsafeBufferPointer { before in
          for channel in 0..<layout.channels {
            let start = channel * plane
            for index in 0..<plane {
              unsafe changes[index] &+= codes[start + index] == before[start + index] ? 0 : 1
            }
          }
        }
      }
    }
    comparisons += layout.channels
  }

  /// Keeps sums below 2^32 by giving up their last bit, after some hundred million frames.
  private mutating func halve(before more: Int) {
    while comparisons + more > Int(UInt32.max) / 2, comparisons > 0 {
      for index in changes.indices { changes[index] /= 2 }
      comparisons /= 2
    }
  }
}
