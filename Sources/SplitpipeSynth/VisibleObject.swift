/// An object as far as it can be seen in a frame.
package struct VisibleObject: Sendable, Equatable {
  package var kind: ObjectClass
  /// Pixels of the frame: left, top, width, height of all that is visible.
  package var x: Int
  package var y: Int
  package var width: Int
  package var height: Int
  /// Pixels of it that are visible.
  package var area: Int
  /// Visible pixels over all it has, those outside the frame included.
  package var visibleShare: Double

  /// Objects of which less is visible are not labelled: what is left is often a wheel or a foot.
  package static let leastShare = 0.25
  /// Nor are those narrower or lower than this share of the frame's height (8 pixels of 384).
  package static let leastSide = 1.0 / 48
}

/// Which object each pixel of a frame belongs to.
struct Ownership {
  private struct Entry {
    var kind: ObjectClass?
    /// Pixels drawn, also outside the frame and under what came later.
    var drawn = 0
    var columns: Range<Int>
    var rows: Range<Int>
  }

  private let width: Int
  private let height: Int
  private var owners: [UInt16]
  private var entries: [Entry] = []

  /// Pixels covered by less are left to what is behind; thin tubes cover no more.
  private static let leastAlpha: UInt32 = 80

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    owners = [UInt16](repeating: 0, count: width * height)
  }

  /// Forgets the frame before.
  mutating func reset() {
    for index in owners.indices { owners[index] = 0 }
    entries.removeAll(keepingCapacity: true)
  }

  /// Takes over the pixels of a figure, drawn alone on a layer that lies at (left, top).
  mutating func claim(
    _ layer: Layer, kind: ObjectClass?, left: Int, top: Int, width layerWidth: Int,
    height layerHeight: Int
  ) {
    let columns = max(0, left)..<max(0, left, min(width, left + layerWidth))
    let rows = max(0, top)..<max(0, top, min(height, top + layerHeight))
    let owner = UInt16(entries.count + 1)
    var drawn = 0
    layer.withPixels { pixels, pixelsPerRow in
      for row in 0..<layerHeight {
        let line = row + top
        let isLineInside = line >= 0 && line < height
        for column in 0..<layerWidth
        where pixels[row * pixelsPerRow + column] >> 24 >= Self.leastAlpha {
          drawn += 1
          let place = column + left
          if isLineInside, place >= 0, place < width { owners[line * width + place] = owner }
        }
      }
    }
    entries.append(Entry(kind: kind, drawn: drawn, columns: columns, rows: rows))
  }

  /// The labelled objects that can be seen well enough, in the order they were drawn.
  func visible() -> [VisibleObject] {
    entries.enumerated().compactMap { index, entry in
      guard let kind = entry.kind, entry.drawn > 0 else { return nil }
      let owner = UInt16(index + 1)
      var left = Int.max
      var right = -1
      var top = Int.max
      var bottom = -1
      var area = 0
      for row in entry.rows {
        for column in entry.columns where owners[row * width + column] == owner {
          area += 1
          left = min(left, column)
          right = max(right, column)
          top = min(top, row)
          bottom = row
        }
      }
      guard area > 0 else { return nil }
      let object = VisibleObject(
        kind: kind, x: left, y: top, width: right - left + 1, height: bottom - top + 1, area: area,
        visibleShare: Double(area) / Double(entry.drawn))
      let least = VisibleObject.leastSide * Double(height)
      let isSeen =
        object.visibleShare >= VisibleObject.leastShare && Double(object.width) >= least
        && Double(object.height) >= least
      return isSeen ? object : nil
    }
  }
}
