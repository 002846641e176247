import SplitpipeCore
import SplitpipeTestSupport
import SwiftProtobuf
import Testing

@testable import SplitpipeModel

/// A network of 32×32 whose head joins stretches for its 21 cells along the fields.
private struct HeadSketch {
  var sketch = GraphSketch(input: [1, 3, 32, 32])
  private var parts: [String] = []

  init() {
    sketch.weight("kernel", [2, 3, 3, 3])
    sketch.add("Conv", ["images", "kernel"], ["conv"], ["pads": .ints([1, 1, 1, 1])])
    sketch.add("GlobalAveragePool", ["conv"], ["mean"])
    sketch.add("Flatten", ["mean"], ["flat"])
  }

  /// Adds so many fields of a number for each of `places`, the last thing done to them an operator.
  mutating func add(_ fields: Int, by operation: String, places: Int = 21, fieldsLast: Bool = false)
  {
    let name = "part\(parts.count)"
    sketch.weight("\(name).product", [2, fields * places])
    sketch.integers(
      "\(name).shape",
      fieldsLast ? [1, Int64(places), Int64(fields)] : [1, Int64(fields), Int64(places)])
    sketch.add("MatMul", ["flat", "\(name).product"], ["\(name).row"])
    sketch.add("Reshape", ["\(name).row", "\(name).shape"], ["\(name).raw"])
    sketch.add(operation, ["\(name).raw"], [name])
    parts.append(name)
  }

  /// A map of masks at a quarter of the input's size.
  mutating func addMasks(_ count: Int) {
    sketch.weight("masks.product", [2, count * 64])
    sketch.integers("masks.shape", [1, Int64(count), 8, 8])
    sketch.add("MatMul", ["flat", "masks.product"], ["masks.row"])
    sketch.add("Reshape", ["masks.row", "masks.shape"], ["masks"])
    sketch.graph.outputs = ["masks"]
  }

  func model(_ metadata: [String: String] = [:], axis: Int = 1) throws -> Model {
    var sketch = sketch
    sketch.add("Concat", parts, ["output"], ["axis": .int(Int64(axis))])
    sketch.graph.outputs.insert("output", at: 0)
    var message = ONNXFixture.message(sketch.graph)
    message.metadataProps = metadata.map { key, value in
      .with {
        $0.key = key
        $0.value = value
      }
    }
    return try readONNX(bytes: message.serializedBytes(), name: "a.onnx")
  }
}

@Suite struct `The head of a network` {
  @Test func `is a detector's where nothing comes after the scores`() throws {
    var head = HeadSketch()
    head.add(4, by: "Abs")
    head.add(3, by: "Sigmoid")
    let model = try head.model()
    #expect(model.detector == .yolov8)
    #expect(model.classNames == ["class 0", "class 1", "class 2"])
    #expect(model.headProblem == nil)
  }

  @Test func `is not a detector's where numbers of another kind come after the scores`() throws {
    func problem(_ more: Int, masks: Bool = false, _ metadata: [String: String] = [:]) throws
      -> String?
    {
      var head = HeadSketch()
      head.add(4, by: "Abs")
      head.add(1, by: "Sigmoid")
      head.add(more, by: "Abs")
      if masks { head.addMasks(more) }
      let model = try head.model(metadata)
      #expect(model.detector == nil)
      return model.headProblem
    }
    #expect(
      try problem(51)
        == "its output \"output\" 1×56×21 has room for 52 class scores, the model for 1; it looks like "
        + "a pose model's: 17 keypoints of three numbers; export a detection model")
    #expect(try problem(10)?.contains("a pose model's: 5 keypoints of two numbers") == true)
    #expect(try problem(1)?.contains("a model of turned boxes: an angle") == true)
    #expect(
      try problem(32, masks: true)?.contains("a segmentation model's: 32 coefficients") == true)
    // The names say how many scores there are.
    #expect(try problem(51, masks: false, ["names": "{0: 'person'}"])?.contains("pose") == true)
    #expect(
      try problem(51, ["task": "pose", "names": "{0: 'person'}"])
        == "it was exported as a model of task pose (keypoints), and splitpipe reads boxes of task "
        + "detect; export a detection model")
  }

  @Test func `is not a YOLOv5's where masks follow its scores`() throws {
    var head = HeadSketch()
    for (fields, operation) in [(4, "Abs"), (3, "Sigmoid"), (32, "Neg")] {
      head.add(fields, by: operation, places: 63, fieldsLast: true)
    }
    head.addMasks(32)
    let model = try head.model(axis: 2)
    #expect(model.detector == nil)
    #expect(model.headProblem?.contains("a segmentation model's: 32 coefficients") == true)
  }

  @Test func `is one of queries where each has a box and scores`() throws {
    var head = HeadSketch()
    head.add(4, by: "Sigmoid", places: 300, fieldsLast: true)
    head.add(2, by: "Sigmoid", places: 300, fieldsLast: true)
    let model = try head.model(axis: 2)
    #expect(model.detector == .queries)
    #expect(model.classNames.count == 2)
    #expect(model.family == "RT-DETR")
    #expect(model.geometry.placement == .stretched, "as its makers feed it")
  }

  @Test func `is end-to-end where rows of six are no scores, and needs the names of its classes`()
    throws
  {
    var head = HeadSketch()
    for fields in [4, 1, 1] { head.add(fields, by: "Abs", places: 300, fieldsLast: true) }
    let named = try head.model(["names": "{0: 'cat', 1: 'dog', 2: 'cow'}"], axis: 2)
    #expect(named.detector == .endToEnd)
    #expect(named.classNames == ["cat", "dog", "cow"])
    let nameless = try head.model(axis: 2)
    #expect(nameless.detector == nil)
    #expect(
      nameless.headProblem
        == "its output 1×300×6 numbers the classes of its boxes, and the model does not name them "
        + "(metadata \"names\")")
  }

  @Test func `is described by its outputs where it is like none`() throws {
    var head = HeadSketch()
    head.add(4, by: "Abs", places: 100, fieldsLast: true)
    head.addMasks(7)
    let model = try head.model(axis: 2)
    #expect(
      model.headProblem
        == "its outputs are \"output\" 1×100×4, \"masks\" 1×7×8×8, as an SSD's boxes beside scores "
        + "are, whose anchors and preparation the file does not say; export a YOLO")
  }

  @Test func `of half precision gives and takes float32`() throws {
    var sketch = GraphSketch(input: [1, 3, 32, 32])
    sketch.graph.inputs[0].elementType = .float16
    sketch.half("kernel", [2, 3, 3, 3])
    sketch.half("product", [2, 105])
    sketch.integers("shape", [1, 5, 21])
    sketch.add("Conv", ["images", "kernel"], ["conv"], ["pads": .ints([1, 1, 1, 1])])
    sketch.add("GlobalAveragePool", ["conv"], ["mean"])
    sketch.add("Flatten", ["mean"], ["flat"])
    sketch.add("MatMul", ["flat", "product"], ["row"])
    sketch.add("Reshape", ["row", "shape"], ["output"])
    sketch.graph.outputs = ["output"]
    let model = try readONNX(
      bytes: ONNXFixture.message(sketch.graph).serializedBytes(), name: "half.onnx")
    #expect(model.detector == .yolov8)
    let graph = try model.graph(PixelSize(width: 32, height: 32))
    #expect(graph.inputs.map(\.elementType) == [.float32])
    #expect(graph.outputs == ["output"])
    let types = try graph.inferringShapes().types
    #expect(types["output"]?.elementType == .float32)
    #expect(types["conv"]?.elementType == .float16)
    #expect(try cut(graph, at: "flat").frontier.map(\.label) == ["flat"])
  }

  @Test func `may be of an input whose size the exporter notes`() throws {
    var sketch = GraphSketch(input: [nil, 3, nil, nil])
    sketch.add("Relu", ["images"], ["end"])
    sketch.graph.outputs = ["end"]
    func size(_ text: String) throws -> InputGeometry.Size {
      var message = ONNXFixture.message(sketch.graph)
      message.metadataProps = [
        .with {
          $0.key = "imgsz"
          $0.value = text
        }
      ]
      return try readONNX(bytes: message.serializedBytes(), name: "a.onnx").geometry.size
    }
    #expect(try size("[384, 672]") == .rectangular(longest: 672, stride: 32))
    #expect(try size("320") == .rectangular(longest: 320, stride: 32))
    for text in ["", "[0, 0]", "[1, 2, 3]", "99999999", "99999999999999999999"] {
      #expect(try size(text) == .rectangular(longest: 640, stride: 32), "\(text)")
    }
  }

  @Test(SharedData.needs("reference/ultralytics/yolo26_export.onnx"))
  func `of a real end-to-end export is read`() throws {
    let model = try loadModel(path: SharedData.path("reference/ultralytics/yolo26_export.onnx"))
    #expect(model.detector == .endToEnd)
    #expect(model.classNames.count == 5)
    let graph = try model.graph(model.geometry.largestInput)
    #expect(try usableSplits(graph).count > 100)
  }
}
