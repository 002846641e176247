package import SplitpipeCore

extension Candidates {
  /// Greedy non-maximum suppression within each class, best score first, as torchvision's `nms`.
  /// Where the network chose among overlapping boxes itself (`DetectorKind.endToEnd`, `.queries`),
  /// none is suppressed and each has one class.
  ///
  /// Boxes are compared in input pixels; what is kept is mapped to frame pixels and clipped to the
  /// frame. Equal scores keep the order of the model's output.
  ///
  /// - Precondition: the settings' confidence is at least the scan's.
  package func detections(_ settings: DetectionSettings) -> [Detection] {
    kept(settings).map(\.detection)
  }

  /// The same with the anchor that each box comes from.
  func kept(_ settings: DetectionSettings) -> [(detection: Detection, anchor: Int)] {
    precondition(settings.confidence >= confidence, "the scan covers the settings' confidence")
    var kept = KeptBoxes(classCount: decoder.classCount)
    let givesAll = settings.multiLabel && !decoder.isSelective
    var seen = givesAll ? [] : [Bool](repeating: false, count: decoder.anchors)
    var taken = 0
    var result: [(detection: Detection, anchor: Int)] = []
    let values = output.values.span
    for key in keys {
      let score = Float(bitPattern: ~UInt32(truncatingIfNeeded: key >> 32))
      guard score > settings.confidence, taken < settings.maximumCandidates,
        result.count < settings.maximumDetections
      else { break }
      let (anchor, classIndex) = Int(UInt32(truncatingIfNeeded: key))
        .quotientAndRemainder(dividingBy: decoder.classCount)
      if !givesAll {
        // The first of an anchor is its best class.
        if seen[anchor] { continue }
        seen[anchor] = true
      }
      // After the best class of an anchor is known, as the official implementation has it.
      guard settings.keeps(classIndex) else { continue }
      taken += 1
      guard let box = decoder.box(anchor, values) else { continue }
      if decoder.isSelective
        || kept.insert(box, class: classIndex, overlap: settings.overlap)
      {
        let found = Detection(
          box: letterbox.frameFromModel(box), confidence: score, classIndex: classIndex)
        result.append((found, anchor))
      }
    }
    return result
  }
}

/// Boxes kept so far, those of one class chained from the last to the first.
private struct KeptBoxes {
  private struct Link {
    let box: Box
    let area: Float
    /// The box of the same class kept before this one, −1 for none.
    let previous: Int32
  }
  private var links: [Link] = []
  private var last: [Int32]

  init(classCount: Int) {
    last = [Int32](repeating: -1, count: classCount)
  }

  /// Keeps the box unless a kept one of its class overlaps it by more than `overlap`.
  mutating func insert(_ box: Box, class classIndex: Int, overlap: Double) -> Bool {
    let area = (box.x2 - box.x1) * (box.y2 - box.y1)
    var index = last[classIndex]
    while index >= 0 {
      let link = links[Int(index)]
      let width = max(0, min(box.x2, link.box.x2) - max(box.x1, link.box.x1))
      let height = max(0, min(box.y2, link.box.y2) - max(box.y1, link.box.y1))
      let intersection = width * height
      if Double(intersection / (area + link.area - intersection)) > overlap { return false }
      index = link.previous
    }
    links.append(Link(box: box, area: area, previous: last[classIndex]))
    last[classIndex] = Int32(links.count - 1)
    return true
  }
}
