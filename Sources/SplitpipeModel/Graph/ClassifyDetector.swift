package import SplitpipeCore

/// Which detector an output tensor belongs to, told by its shape; nil if none.
///
/// With G the number of grid cells over the strides of the detector (8, 16, 32; with 64 for the
/// P6 sizes, with 4 for P2) and c ≥ 1 classes:
/// - YOLOv5: 1×3G×(5+c), three anchors in each cell;
/// - YOLOX: 1×G×(5+c) at strides 8, 16, 32, one prediction in each cell;
/// - YOLOv8 and 11: 1×(4+c)×G;
/// - end-to-end: 1×N×6 with N up to 1000, whatever the number of classes.
///
/// `input` is the size of the network's input that gave the output, `classCount` how many classes
/// the model says it has, nil where it does not say.
package func classifyDetector(output: Shape, input: PixelSize, classCount: Int?) -> DetectorKind? {
  guard output.rank == 3, output[0] == 1 else { return nil }
  func cells(_ strides: [Int]) -> Int {
    strides.reduce(0) { sum, stride in
      let columns = (input.width + stride - 1) / stride
      let rows = (input.height + stride - 1) / stride
      return sum + columns * rows
    }
  }
  let usual = [8, 16, 32]
  let grids = [usual, usual + [64], [4] + usual]
  let candidates: [(kind: DetectorKind, predictions: Int, grids: [[Int]], each: Int)] = [
    (.yolov5, output[1], Array(grids.prefix(2)), 3),
    (.yolox, output[1], [usual], 1),
    (.yolov8, output[2], grids, 1),
  ]
  for candidate in candidates {
    guard let classes = candidate.kind.classCount(output: output), classes > 0,
      classCount == nil || classCount == classes
    else { continue }
    if candidate.grids.contains(where: { cells($0) * candidate.each == candidate.predictions }) {
      return candidate.kind
    }
  }
  return (1...1000).contains(output[1]) && output[2] == 6 ? .endToEnd : nil
}

extension DetectorKind {
  /// How many classes an output of this kind has; nil where its shape does not tell.
  ///
  /// - Precondition: `output` has three dimensions.
  package func classCount(output: Shape) -> Int? {
    switch self {
    case .yolov5, .yolox: output[2] - 5
    case .yolov8: output[1] - 4
    case .queries: output[2] - 4
    case .endToEnd: nil
    }
  }
}
