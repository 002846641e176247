import SplitpipeCore

/// What a network's outputs say of how it finds objects.
struct OutputHead {
  /// nil where none is known.
  var detector: DetectorKind?
  /// The output that holds the boxes.
  var output: String?
  /// 0 where there is no detector.
  var classCount = 0
  /// Why there is no detector, where the outputs look like another kind of network's.
  var problem: String?

  /// One output of the graph.
  struct Output {
    let name: String
    let shape: Shape
  }

  /// - Parameters:
  ///   - outputs: those of known shape, in the graph's order.
  ///   - shaped: the graph at the size of `input`.
  ///   - input: the size of the network's input.
  ///   - notes: what the exporter noted.
  init(_ outputs: [Output], of shaped: ShapedGraph, input: PixelSize, notes: ExportNotes) {
    if let task = notes.task, let other = Self.otherTasks[task] {
      problem =
        "it was exported as a model of task \(task) (\(other)), and splitpipe reads boxes of task "
        + "detect; export a detection model"
      return
    }
    for output in outputs {
      let head = Self.head(output, among: outputs, of: shaped, input: input, notes: notes)
      if let head { self = head }
      if detector != nil { return }
    }
    guard problem == nil, !outputs.isEmpty, !Self.isClassifier(outputs) else { return }
    let list = outputs.prefix(6).map { "\"\($0.name)\" \($0.shape)" }.joined(separator: ", ")
    let hint = Self.hint(outputs).map { ", as \($0)" } ?? ""
    problem =
      "its output\(outputs.count == 1 ? " is" : "s are") \(list)\(outputs.count > 6 ? ", …" : "")\(hint)"
  }

  private init(_ detector: DetectorKind, _ output: Output, classes: Int) {
    self.detector = detector
    self.output = output.name
    classCount = classes
  }

  private init(problem: String) { self.problem = problem }

  private static let otherTasks = [
    "segment": "masks", "pose": "keypoints", "obb": "turned boxes",
  ]

  private static func isClassifier(_ outputs: [Output]) -> Bool {
    outputs.count == 1 && outputs[0].shape.dimensions.filter { $0 != 1 }.count <= 1
  }

  /// What one output is by itself; nil where it says nothing.
  private static func head(
    _ output: Output, among outputs: [Output], of shaped: ShapedGraph, input: PixelSize,
    notes: ExportNotes
  ) -> OutputHead? {
    let shape = output.shape
    guard shape.rank == 3, shape[0] == 1 else { return nil }
    let stated = notes.classNames?.count
    guard let kind = classifyDetector(output: shape, input: input, classCount: nil) else {
      return queries(output, of: shaped, stated: stated)
    }
    if kind == .endToEnd {
      if let head = queries(output, of: shaped, stated: stated) { return head }
      guard let stated else {
        return OutputHead(
          problem: "its output \(shape) numbers the classes of its boxes, and the model does not "
            + "name them (metadata \"names\")")
      }
      return OutputHead(kind, output, classes: stated)
    }
    guard let classes = kind.classCount(output: shape) else { return nil }
    if stated == classes { return OutputHead(kind, output, classes: classes) }
    // A box, for some kinds an objectness, and what else the head finds.
    let scores = scoreCount(output, kind: kind, of: shaped)
    let known = stated ?? scores
    guard let known, known != classes else { return OutputHead(kind, output, classes: classes) }
    return OutputHead(
      problem: surplus(classes - known, output: output, classes: known, among: outputs, of: input))
  }

  /// A network whose queries each find one object: 1×N×(4+classes), the scores behind a sigmoid.
  private static func queries(
    _ output: Output, of shaped: ShapedGraph, stated: Int?
  ) -> OutputHead? {
    let classes = output.shape[2] - 4
    guard (1...1000).contains(output.shape[1]), classes > 0, stated ?? classes == classes,
      let parts = shaped.parts(of: output.name, axis: 2), parts.count > 1,
      let last = parts.last, last == OutputPart(maker: "Sigmoid", extent: classes)
    else { return nil }
    return OutputHead(.queries, output, classes: classes)
  }

  /// How many class scores come after the box, where the graph tells them from what follows.
  private static func scoreCount(
    _ output: Output, kind: DetectorKind, of shaped: ShapedGraph
  ) -> Int? {
    guard let parts = shaped.parts(of: output.name, axis: kind == .yolov8 ? 1 : 2) else {
      return nil
    }
    var (box, scores) = (0, 0)
    for part in parts {
      if box < 4 {
        box += part.extent
      } else if ["Sigmoid", "Softmax", "HardSigmoid"].contains(part.maker) {
        scores += part.extent
      } else {
        break
      }
    }
    let objectness = kind == .yolov8 ? 0 : 1
    return box == 4 && scores > objectness ? scores - objectness : nil
  }

  /// What numbers beyond the class scores look like.
  private static func surplus(
    _ count: Int, output: Output, classes: Int, among outputs: [Output], of input: PixelSize
  ) -> String {
    let what =
      "its output \"\(output.name)\" \(output.shape) has room for \(classes + count) class scores, the "
      + "model for \(classes)"
    guard count > 0 else { return what }
    let masks = outputs.contains { other in
      other.shape.rank == 4 && other.shape[1] == count && other.shape[2] * 8 > input.height
    }
    let look =
      if masks {
        "a segmentation model's: \(count) coefficients of a mask"
      } else if count == 1 {
        "that of a model of turned boxes: an angle"
      } else if count.isMultiple(of: 3) {
        "a pose model's: \(count / 3) keypoint\(count == 3 ? "" : "s") of three numbers"
      } else if count.isMultiple(of: 2) {
        "a pose model's: \(count / 2) keypoints of two numbers"
      } else {
        "no detector's: \(count) numbers more"
      }
    return what + "; it looks like \(look); export a detection model"
  }

  /// What several outputs together look like.
  private static func hint(_ outputs: [Output]) -> String? {
    let names = Set(outputs.map { $0.name.lowercased() })
    if names.contains(where: { $0.hasPrefix("num_det") }) {
      return "a graph with suppression inside gives; export without it (end2end or nms off)"
    }
    func isBoxes(_ shape: Shape) -> Bool { shape.rank >= 2 && shape[shape.rank - 1] == 4 }
    if outputs.count > 1, outputs.contains(where: { isBoxes($0.shape) }) {
      return "an SSD's boxes beside scores are, whose anchors and preparation the file does not "
        + "say; export a YOLO"
    }
    if outputs.count == 1, outputs[0].shape.rank == 3, (outputs[0].shape[2] - 32) > 0 {
      return "a NanoDet's distributions over distances may be; export a YOLO"
    }
    if outputs.count > 1, outputs.allSatisfy({ $0.shape.rank >= 4 }) {
      return "raw maps of a head are; export the model with its boxes decoded"
    }
    return nil
  }
}
