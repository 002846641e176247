import SplitpipeCore

/// Whether boxes lie where objects can be. A network fed with other pixels than it was trained on, or
/// whose output is read as another kind's, finds many that do not.
package struct Plausibility: Hashable, Sendable {
  /// Boxes looked at.
  package var boxes = 0
  /// Of these, how many have their centre outside the picture, or a side twice as long as it.
  package var outside = 0

  package init() {}

  /// Adds what was seen of another frame.
  ///
  /// - Parameter other: of that frame.
  package mutating func add(_ other: Plausibility) {
    boxes += other.boxes
    outside += other.outside
  }

  /// Boxes of fewer frames say nothing.
  private static let fewest = 20

  /// What a user should know; nil where nothing looks wrong.
  package var note: String? {
    guard boxes >= Self.fewest, outside * 2 > boxes else { return nil }
    return
      "\(outside) of the \(boxes) surest boxes lie outside the picture: the network may want other "
      + "pixels than it was given; see --range, --channels, --mean, --std, --letterbox and --size"
  }
}

extension Candidates {
  /// Boxes of a frame that are looked at.
  private static let mostBoxes = 100

  /// Of the surest boxes, those of confidence 0.25 and more.
  package var plausibility: Plausibility {
    var result = Plausibility()
    let values = output.values.span
    let (left, right) = (Float(letterbox.left), Float(letterbox.left + letterbox.scaled.width))
    let (top, bottom) = (Float(letterbox.top), Float(letterbox.top + letterbox.scaled.height))
    for key in keys.prefix(Self.mostBoxes) {
      let score = Float(bitPattern: ~UInt32(truncatingIfNeeded: key >> 32))
      guard score > DetectionSettings.display.confidence else { break }
      let anchor = Int(UInt32(truncatingIfNeeded: key)) / decoder.classCount
      guard let box = decoder.box(anchor, values) else { continue }
      result.boxes += 1
      let (x, y) = ((box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2)
      if x < left || x > right || y < top || y > bottom
        || box.x2 - box.x1 > 2 * (right - left) || box.y2 - box.y1 > 2 * (bottom - top)
      {
        result.outside += 1
      }
    }
    return result
  }
}
