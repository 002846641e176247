import SplitpipeCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where the numbers of one anchor lie in a detector's output, and how they become a box.
struct BoxDecoder: Sendable {
  /// The cells of one stride of a YOLOX output.
  struct Grid: Sendable {
    let firstAnchor: Int
    let columns: Int
    let stride: Int
  }

  let anchors: Int
  let classCount: Int
  /// Elements between two numbers of an anchor.
  let fieldStep: Int
  /// Elements between the same number of two anchors.
  let anchorStep: Int
  let hasObjectness: Bool
  /// Empty unless boxes are given relative to cells.
  let grids: [Grid]

  /// The box of an anchor in input pixels.
  ///
  /// YOLOX gives the centre as an offset from its cell and the logarithm of the size, both in
  /// cells: centre = (offset + cell) · stride, size = exp(value) · stride.
  ///
  /// - Returns: nil if a corner is not finite or the size is negative.
  func box(_ anchor: Int, _ values: borrowing Span<Float>) -> Box? {
    let first = anchor * anchorStep
    var x = values[first]
    var y = values[first + fieldStep]
    var width = values[first + 2 * fieldStep]
    var height = values[first + 3 * fieldStep]
    if let grid = grids.last(where: { $0.firstAnchor <= anchor }) {
      let (row, column) = (anchor - grid.firstAnchor).quotientAndRemainder(dividingBy: grid.columns)
      let stride = Float(grid.stride)
      x = (x + Float(column)) * stride
      y = (y + Float(row)) * stride
      width = exp(width) * stride
      height = exp(height) * stride
    }
    let box = Box(
      x1: x - width / 2, y1: y - height / 2, x2: x + width / 2, y2: y + height / 2)
    let finite = box.x1.isFinite && box.y1.isFinite && box.x2.isFinite && box.y2.isFinite
    return finite && width >= 0 && height >= 0 ? box : nil
  }
}

extension BoxDecoder {
  /// Checks the shape of an output against the kind of detector.
  ///
  /// - Throws: `badData` when the shape is not what the kind promises.
  init(kind: DetectorKind, classCount: Int, shape: Shape, input: PixelSize) throws {
    let fields = classCount + (kind == .yolov8 ? 4 : 5)
    let fieldAxis = kind == .yolov8 ? 1 : 2
    guard shape.rank == 3, shape[0] == 1, shape[fieldAxis] == fields else {
      throw SplitpipeError.outputShape(shape, kind: kind, classCount: classCount)
    }
    let anchors = shape[3 - fieldAxis]
    guard anchors <= Int(UInt32.max) / max(1, classCount) else {
      throw SplitpipeError.tooManyAnchors(anchors, classCount: classCount)
    }
    var grids: [Grid] = []
    if kind == .yolox {
      var first = 0
      for stride in [8, 16, 32] {
        grids.append(Grid(firstAnchor: first, columns: input.width / stride, stride: stride))
        first += (input.width / stride) * (input.height / stride)
      }
      guard anchors == first else {
        throw SplitpipeError.cellCount(anchors, expected: first, input: input)
      }
    }
    self.init(
      anchors: anchors, classCount: classCount, fieldStep: kind == .yolov8 ? anchors : 1,
      anchorStep: kind == .yolov8 ? 1 : fields, hasObjectness: kind != .yolov8,
      grids: grids.filter { $0.columns > 0 })
  }
}

extension SplitpipeError {
  static func outputShape(
    _ shape: Shape, kind: DetectorKind, classCount: Int
  ) -> SplitpipeError {
    let expected = kind == .yolov8 ? "1×\(classCount + 4)×N" : "1×N×\(classCount + 5)"
    return SplitpipeError(
      .badData,
      "the model's output is \(shape); a \(kind.rawValue) detector of \(classCount) classes gives "
        + "\(expected): check that the model is a detector and that its class names are all there")
  }

  static func tooManyAnchors(_ anchors: Int, classCount: Int) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "the model's output has \(anchors) boxes of \(classCount) classes, more than can be numbered "
        + "in 32 bits: use a smaller input size")
  }

  static func cellCount(_ anchors: Int, expected: Int, input: PixelSize) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "the model's output has \(anchors) boxes; a yolox detector with strides 8, 16 and 32 gives "
        + "\(expected) on an input of \(input): check the model's input size")
  }
}
