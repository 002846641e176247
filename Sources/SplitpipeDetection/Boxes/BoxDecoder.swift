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

  /// What an anchor's numbers say of its classes.
  enum Scores: Sendable {
    /// Objectness, then a score for each class.
    case objectness
    /// A score for each class.
    case classes
    /// The score of one class, then which it is; no box is another's double.
    case chosen
  }

  let anchors: Int
  let classCount: Int
  /// Elements between two numbers of an anchor.
  let fieldStep: Int
  /// Elements between the same number of two anchors.
  let anchorStep: Int
  let scores: Scores
  /// Empty unless boxes are given relative to cells.
  let grids: [Grid]
  /// Pixels of the input that 1 is worth, along width and height.
  var unit: (x: Float, y: Float) = (1, 1)
  /// Whether each anchor is an object of its own: it has one class, and no box suppresses another.
  var isSelective = false

  /// The box of an anchor in input pixels.
  ///
  /// YOLOX gives the centre as an offset from its cell and the logarithm of the size, both in
  /// cells: centre = (offset + cell) · stride, size = exp(value) · stride.
  ///
  /// - Returns: nil if a corner is not finite or the size is negative.
  func box(_ anchor: Int, _ values: borrowing Span<Float>) -> Box? {
    let first = anchor * anchorStep
    if scores == .chosen {
      let box = Box(
        x1: values[first], y1: values[first + 1], x2: values[first + 2], y2: values[first + 3])
      return box.isFinite && box.x1 <= box.x2 && box.y1 <= box.y2 ? box : nil
    }
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
    x *= unit.x
    y *= unit.y
    width *= unit.x
    height *= unit.y
    let box = Box(
      x1: x - width / 2, y1: y - height / 2, x2: x + width / 2, y2: y + height / 2)
    return box.isFinite && width >= 0 && height >= 0 ? box : nil
  }
}

extension Box {
  fileprivate var isFinite: Bool { x1.isFinite && y1.isFinite && x2.isFinite && y2.isFinite }
}

extension BoxDecoder {
  /// Checks the shape of an output against the kind of detector.
  ///
  /// - Throws: `badData` when the shape is not what the kind promises.
  init(kind: DetectorKind, classCount: Int, shape: Shape, input: PixelSize) throws {
    let (scores, fieldAxis, fields): (Scores, Int, Int) =
      switch kind {
      case .yolov5, .yolox: (.objectness, 2, classCount + 5)
      case .yolov8: (.classes, 1, classCount + 4)
      case .endToEnd: (.chosen, 2, 6)
      case .queries: (.classes, 2, classCount + 4)
      }
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
      anchorStep: kind == .yolov8 ? 1 : fields, scores: scores,
      grids: grids.filter { $0.columns > 0 })
    isSelective = kind == .endToEnd || kind == .queries
    if kind == .queries { unit = (Float(input.width), Float(input.height)) }
  }
}

extension SplitpipeError {
  static func outputShape(
    _ shape: Shape, kind: DetectorKind, classCount: Int
  ) -> SplitpipeError {
    let usual = "a \(kind.rawValue) detector of \(classCount) classes gives"
    let expected =
      switch kind {
      case .yolov5, .yolox: "\(usual) 1×N×\(classCount + 5)"
      case .yolov8: "\(usual) 1×\(classCount + 4)×N"
      case .queries: "\(usual) 1×N×\(classCount + 4)"
      case .endToEnd: "an end-to-end detector gives 1×N×6"
      }
    return SplitpipeError(
      .badData,
      "the model's output is \(shape); \(expected): check that the model is a detector and "
        + "that its class names are all there")
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
