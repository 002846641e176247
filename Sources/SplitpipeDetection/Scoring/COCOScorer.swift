package import SplitpipeCore

/// Average precision and recall of boxes as COCOeval defines them, one image at a time.
///
/// An image is matched when it is added; what stays is a record of 24 bytes per detection, so a
/// long video can be scored while it runs. The arithmetic (double) and the order of operations are
/// those of pycocotools 2.0: at most 100 detections per image and class, best score first, equal
/// scores in the order given; crowds and objects outside an area range are ignored, not missed.
/// One oddity of COCOeval is kept where labels come from a COCO file: an object with annotation id
/// 0 can be taken but counts as not found, because there 0 also means "no match".
package struct COCOScorer: Sendable {
  /// The detections and objects of one class over all images added so far.
  struct ClassRecords: Sendable {
    struct Run {
      let image: Int
      let range: Range<Int>
    }
    var records: [MatchRecord] = []
    /// The records of each image, in the order of adding.
    var runs: [Run] = []
    /// Objects to be found per area range.
    var wanted = SIMD4<Int>()
  }

  package let classCount: Int
  /// The number of images added.
  package private(set) var images = 0
  private(set) var classes: [ClassRecords]
  private var matcher = ImageMatcher()
  private var sorter = ClassSorter()

  /// - Precondition: `classCount` is at least 0.
  package init(classCount: Int) {
    precondition(classCount >= 0, "a number of classes is at least 0")
    self.classCount = classCount
    classes = Array(repeating: ClassRecords(), count: classCount)
  }

  /// Scores the boxes of one image.
  ///
  /// - Parameters:
  ///   - image: the image's number; equal scores in different images rank by it. Each image is
  ///     added once.
  ///   - detections: what the model found, in frame pixels.
  ///   - truths: all labelled objects of the image; empty where there are none.
  ///
  /// Classes outside 0..<classCount are left out.
  package mutating func add(image: Int, detections: [Detection], truths: [TruthObject]) {
    add(image: image, boxes: detections.map { ScoredBox($0) }, truths: truths)
  }

  /// Scores boxes given in doubles; see `add(image:detections:truths:)`.
  package mutating func add(image: Int, boxes: [ScoredBox], truths: [TruthObject]) {
    images += 1
    sorter.sort(boxes, truths, classCount: classCount)
    sorter.forEachClass { index, detections, objects in
      let start = classes[index].records.count
      let wanted = matcher.match(detections, to: objects, into: &classes[index].records)
      let end = classes[index].records.count
      if end > start {
        classes[index].runs.append(ClassRecords.Run(image: image, range: start..<end))
      }
      for area in 0..<4 { classes[index].wanted[area] += Int(wanted[area]) }
    }
  }
}

/// Groups the boxes and objects of an image by class.
struct ClassSorter: Sendable {
  private var boxes: [ScoredBox] = []
  private var objects: [TruthObject] = []
  private var keys: [UInt64] = []

  /// Sorts by class; boxes of a class by falling score, all else in the order given.
  mutating func sort(_ boxes: [ScoredBox], _ objects: [TruthObject], classCount: Int) {
    let classes = 0..<classCount
    order(boxes.count) { classes.contains(boxes[$0].classIndex) ? boxes[$0].classIndex : nil }
    keys.sort { left, right in
      if left >> 32 != right >> 32 { return left < right }
      let leftScore = boxes[Int(left & 0xFFFF_FFFF)].score
      let rightScore = boxes[Int(right & 0xFFFF_FFFF)].score
      return leftScore == rightScore ? left < right : leftScore > rightScore
    }
    self.boxes.removeAll(keepingCapacity: true)
    for key in keys { self.boxes.append(boxes[Int(key & 0xFFFF_FFFF)]) }
    order(objects.count) { classes.contains(objects[$0].classIndex) ? objects[$0].classIndex : nil }
    keys.sort()
    self.objects.removeAll(keepingCapacity: true)
    for key in keys { self.objects.append(objects[Int(key & 0xFFFF_FFFF)]) }
  }

  private mutating func order(_ count: Int, class classOf: (Int) -> Int?) {
    keys.removeAll(keepingCapacity: true)
    for index in 0..<count {
      guard let value = classOf(index) else { continue }
      keys.append(UInt64(value) << 32 | UInt64(index))
    }
  }

  /// Calls `body` for each class that occurs, in ascending order, with at most 100 boxes.
  func forEachClass(
    _ body: (Int, ArraySlice<ScoredBox>, ArraySlice<TruthObject>) -> Void
  ) {
    var (box, object) = (0, 0)
    while box < boxes.count || object < objects.count {
      let boxClass = box < boxes.count ? boxes[box].classIndex : Int.max
      let objectClass = object < objects.count ? objects[object].classIndex : Int.max
      let current = min(boxClass, objectClass)
      let (boxStart, objectStart) = (box, object)
      while box < boxes.count, boxes[box].classIndex == current { box += 1 }
      while object < objects.count, objects[object].classIndex == current { object += 1 }
      body(
        current, boxes[boxStart..<min(box, boxStart + 100)], objects[objectStart..<object])
    }
  }
}
