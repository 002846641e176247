import SplitpipeCore

/// One object of a YOLO label file: a class and a box relative to the image.
struct YOLOLabel: Hashable, Sendable {
  let classIndex: Int
  let box: RelativeBox

  /// In pixels of an image of this size.
  func object(_ size: PixelSize) -> TruthObject {
    TruthObject(
      classIndex: classIndex, x: (box.centreX - box.width / 2) * Double(size.width),
      y: (box.centreY - box.height / 2) * Double(size.height),
      width: box.width * Double(size.width), height: box.height * Double(size.height))
  }
}

/// A box in parts of an image's width and height.
struct RelativeBox: Hashable, Sendable {
  var centreX, centreY, width, height: Double

  init(centreX: Double, centreY: Double, width: Double, height: Double) {
    self.centreX = centreX
    self.centreY = centreY
    self.width = width
    self.height = height
  }

  /// The box around points given as x, y, x, y, …
  ///
  /// - Precondition: there is at least one point.
  init(around points: ArraySlice<Double>) {
    var (left, top) = (points[points.startIndex], points[points.startIndex + 1])
    var (right, bottom) = (left, top)
    for index in stride(from: points.startIndex, to: points.endIndex - 1, by: 2) {
      left = min(left, points[index])
      right = max(right, points[index])
      top = min(top, points[index + 1])
      bottom = max(bottom, points[index + 1])
    }
    self.init(
      centreX: (left + right) / 2, centreY: (top + bottom) / 2, width: right - left,
      height: bottom - top)
  }
}
