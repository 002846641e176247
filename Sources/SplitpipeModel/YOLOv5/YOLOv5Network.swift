/// A YOLOv5 detection network, read and checked; graphs of any input size are built from it.
struct YOLOv5Network: Sendable {
  /// The last layer: one 1×1 convolution for each level and the decoding of boxes.
  struct Detect: Sendable {
    var sources: [Int]
    var levels: [Level]
    /// Anchors at each cell.
    var anchors: Int
    var classes: Int

    /// Values for each box: centre, size, objectness, class scores.
    var outputs: Int { classes + 5 }
  }

  struct Level: Sendable {
    var convolution: ConvolutionLayer
    /// Input pixels for one cell.
    var stride: Int
    /// Width and height of each anchor in input pixels, in turn.
    var anchorSizes: [Float]
  }

  /// What it is called, `YOLOv5n`.
  var name: String
  var layers: [NetworkLayer]
  var detect: Detect
  var classNames: [String]
  /// Longest side of the input, in pixels.
  var inputSide: Int

  /// Sides of the input must be multiples of this.
  var largestStride: Int { detect.levels.map(\.stride).max() ?? 32 }
}
