/// An axis-aligned rectangle in pixels, corners (x1, y1) top left and (x2, y2) bottom right.
public struct Box: Hashable, Sendable {
  /// The left edge.
  public var x1: Float
  /// The top edge.
  public var y1: Float
  /// The right edge.
  public var x2: Float
  /// The bottom edge.
  public var y2: Float

  /// A rectangle of its edges.
  public init(x1: Float, y1: Float, x2: Float, y2: Float) {
    self.x1 = x1
    self.y1 = y1
    self.x2 = x2
    self.y2 = y2
  }

  /// In square pixels; 0 where an edge lies on the wrong side of its opposite.
  public var area: Float { max(0, x2 - x1) * max(0, y2 - y1) }
}

/// One object found in a frame.
public struct Detection: Hashable, Sendable {
  /// Where it is, in pixels of the original frame.
  public let box: Box
  /// Objectness times class probability, 0…1.
  public let confidence: Float
  /// Index into the model's class names.
  public let classIndex: Int

  /// Joins place, confidence and class.
  public init(box: Box, confidence: Float, classIndex: Int) {
    self.box = box
    self.confidence = confidence
    self.classIndex = classIndex
  }
}
