/// Matches the detections of one image and class to its objects as COCOeval's `evaluateImg` does,
/// for all area ranges and overlap thresholds at once. Keeps its buffers between images.
struct ImageMatcher: Sendable {
  private struct Pair {
    let object: Int
    let overlap: Double
  }
  /// Pairs of the current detection that overlap by the least threshold or more.
  private var pairs: [Pair] = []
  /// Per object and area range, a bit for each threshold at which the object is taken.
  private var taken: [UInt16] = []
  /// Per object, a bit for each area range in which the object is ignored.
  private var ignored: [UInt8] = []
  private let overlaps = COCOParameters.overlaps

  /// Matches detections, which are in the order of their rank, and appends a record of each.
  ///
  /// - Returns: per area range, the number of objects that are to be found.
  mutating func match(
    _ detections: ArraySlice<ScoredBox>, to objects: ArraySlice<TruthObject>,
    into records: inout [MatchRecord]
  ) -> SIMD4<Int32> {
    let wanted = prepare(objects)
    for (rank, detection) in detections.enumerated() {
      var record = MatchRecord(score: detection.score, rank: rank)
      collectPairs(detection, objects)
      let area = detection.width * detection.height
      for (index, range) in COCOParameters.areas.enumerated() {
        if !pairs.isEmpty { match(area: index, objects, &record) }
        // What found nothing and is itself out of range does not count.
        if area < range.lowerBound || area > range.upperBound {
          record.ignored |= CellBits.all(area: index) & ~record.matched
        }
      }
      records.append(record)
    }
    return wanted
  }

  private mutating func prepare(_ objects: ArraySlice<TruthObject>) -> SIMD4<Int32> {
    var wanted = SIMD4<Int32>()
    ignored.removeAll(keepingCapacity: true)
    taken.removeAll(keepingCapacity: true)
    for object in objects {
      var bits: UInt8 = 0
      for (index, range) in COCOParameters.areas.enumerated() {
        if object.isCrowd || object.area < range.lowerBound || object.area > range.upperBound {
          bits |= 1 << UInt8(index)
        } else {
          wanted[index] += 1
        }
        taken.append(0)
      }
      ignored.append(bits)
    }
    return wanted
  }

  /// Overlaps in the operation order of COCO's `bbIou`; over a crowd the union is the detection.
  private mutating func collectPairs(
    _ detection: ScoredBox, _ objects: ArraySlice<TruthObject>
  ) {
    pairs.removeAll(keepingCapacity: true)
    let area = detection.width * detection.height
    for (index, object) in objects.enumerated() {
      let width =
        min(detection.width + detection.x, object.width + object.x) - max(detection.x, object.x)
      if width <= 0 { continue }
      let height =
        min(detection.height + detection.y, object.height + object.y) - max(detection.y, object.y)
      if height <= 0 { continue }
      let intersection = width * height
      let union =
        object.isCrowd ? area : area + object.width * object.height - intersection
      let overlap = intersection / union
      if overlap >= overlaps[0] { pairs.append(Pair(object: index, overlap: overlap)) }
    }
  }

  /// Gives the detection the best free object at each threshold; ignored objects only where no
  /// other is to be had. Of equal overlaps the later object wins.
  private mutating func match(
    area: Int, _ objects: ArraySlice<TruthObject>, _ record: inout MatchRecord
  ) {
    for threshold in 0..<overlaps.count {
      let bit: UInt16 = 1 << UInt16(threshold)
      var best = -1
      for wantsIgnored in [false, true] where best < 0 {
        var bestOverlap = overlaps[threshold]
        for pair in pairs where pair.overlap >= bestOverlap {
          guard (ignored[pair.object] >> UInt8(area) & 1 == 1) == wantsIgnored,
            taken[pair.object * 4 + area] & bit == 0
              || objects[objects.startIndex + pair.object].isCrowd
          else { continue }
          bestOverlap = pair.overlap
          best = pair.object
        }
      }
      if best < 0 { continue }
      taken[best * 4 + area] |= bit
      let cell: UInt64 = 1 << (CellBits.shift(area: area) + UInt64(threshold))
      if objects[objects.startIndex + best].countsAsMatch { record.matched |= cell }
      if ignored[best] >> UInt8(area) & 1 == 1 { record.ignored |= cell }
    }
  }
}
