/// An axis-aligned rectangle in pixels, corners (x1, y1) top left and (x2, y2) bottom right.
package struct Box: Hashable, Sendable {
  package var x1: Float
  package var y1: Float
  package var x2: Float
  package var y2: Float

  package init(x1: Float, y1: Float, x2: Float, y2: Float) {
    self.x1 = x1
    self.y1 = y1
    self.x2 = x2
    self.y2 = y2
  }

  package var area: Float { max(0, x2 - x1) * max(0, y2 - y1) }
}

/// One object found in a frame.
package struct Detection: Hashable, Sendable {
  /// Where it is, in pixels of the original frame.
  package let box: Box
  /// Objectness times class probability, 0…1.
  package let confidence: Float
  /// Index into the model's class names.
  package let classIndex: Int

  package init(box: Box, confidence: Float, classIndex: Int) {
    self.box = box
    self.confidence = confidence
    self.classIndex = classIndex
  }
}
