import SplitpipeCore

/// A detection network of the ultralytics package (YOLOv8, YOLO11, YOLO26, YOLOv10, YOLOv5u), read
/// and checked; graphs of any input size are built from it.
struct UltralyticsNetwork: Sendable {
  /// The last layer: at each level a branch for boxes and one for class scores, no objectness.
  struct Head: Sendable {
    var sources: [Int]
    var levels: [Level]
    var classes: Int
    /// Numbers from which each of the four distances is the mean, and their values (1×bins×1×1);
    /// nil where a branch gives the distances themselves.
    var distances: ConvolutionLayer?
    /// Children that hold the branches, such as `cv2` and `cv3`.
    var branches: (boxes: String, scores: String)
    /// Boxes that the network gives where it chooses among overlapping ones itself; nil where it
    /// gives a box for every cell.
    var chosen: Int?

    /// Numbers that a branch for boxes gives for each distance.
    var bins: Int { distances?.weight.shape[1] ?? 1 }
  }

  struct Level: Sendable {
    var boxes: Block
    var scores: Block
    /// Input pixels for one cell.
    var stride: Int
  }

  /// What it is called, `YOLO11n`.
  var name: String
  var layers: [NetworkLayer]
  var head: Head
  var classNames: [String]
  /// Longest side of the input that it was trained with, in pixels.
  var inputSide: Int

  /// Sides of the input must be multiples of this: of every stride and, as the official loaders want
  /// it, of 32.
  var sideMultiple: Int { max(32, head.levels.map(\.stride).max() ?? 32) }
}
