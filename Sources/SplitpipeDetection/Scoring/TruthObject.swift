package import SplitpipeCore

/// One labelled object of a frame, in pixels of the frame.
package struct TruthObject: Hashable, Sendable {
  /// Index into the model's class names.
  package var classIndex: Int
  /// Left edge.
  package var x: Double
  /// Top edge.
  package var y: Double
  package var width: Double
  package var height: Double
  /// The area that decides whether the object is small, medium or large: the one of the outline
  /// where the labels give it, else of the box.
  package var area: Double
  /// Many objects under one box: detections in it are neither right nor wrong.
  package var isCrowd: Bool
  /// False for what COCOeval matches but does not count: see `COCOScorer`.
  var countsAsMatch = true

  package init(
    classIndex: Int, x: Double, y: Double, width: Double, height: Double, area: Double? = nil,
    isCrowd: Bool = false
  ) {
    self.classIndex = classIndex
    self.x = x
    self.y = y
    self.width = width
    self.height = height
    self.area = area ?? width * height
    self.isCrowd = isCrowd
  }

  package var box: Box {
    Box(x1: Float(x), y1: Float(y), x2: Float(x + width), y2: Float(y + height))
  }
}

extension TruthObject {
  /// Whether it reaches out of a picture by more than rounding: a fiftieth of its side.
  func leaves(_ picture: PixelSize) -> Bool {
    let (width, height) = (Double(picture.width), Double(picture.height))
    return x < -width / 50 || y < -height / 50 || x + self.width > width * 1.02
      || y + self.height > height * 1.02
  }
}

extension TruthObject {
  /// A box of another model taken as truth.
  package init(_ detection: Detection) {
    let box = ScoredBox(detection)
    self.init(
      classIndex: box.classIndex, x: box.x, y: box.y, width: box.width, height: box.height)
  }

  /// Picks the boxes of the unsplit model that stand in for labels: confidence 0.25 and more.
  ///
  /// - Parameter evaluated: what the unsplit model found with `DetectionSettings.evaluation`, the
  ///   same settings that the scored boxes are found with. So a split that changes nothing scores
  ///   exactly 1: every truth is among the boxes of 0.25 and more, and only boxes of less follow.
  /// - Returns: one object per box.
  package static func unsplit(_ evaluated: [Detection]) -> [TruthObject] {
    evaluated.filter { $0.confidence >= 0.25 }.map { TruthObject($0) }
  }
}

/// One detection to score, in pixels of the frame, as COCO results files state it.
package struct ScoredBox: Hashable, Sendable {
  package var classIndex: Int
  /// Left edge.
  package var x: Double
  /// Top edge.
  package var y: Double
  package var width: Double
  package var height: Double
  package var score: Double

  package init(
    classIndex: Int, x: Double, y: Double, width: Double, height: Double, score: Double
  ) {
    self.classIndex = classIndex
    self.x = x
    self.y = y
    self.width = width
    self.height = height
    self.score = score
  }

  package init(_ detection: Detection) {
    let box = detection.box
    self.init(
      classIndex: detection.classIndex, x: Double(box.x1), y: Double(box.y1),
      width: Double(box.x2) - Double(box.x1), height: Double(box.y2) - Double(box.y1),
      score: Double(detection.confidence))
  }
}
