import FoundationEssentials
import SplitpipeCore
import SplitpipeTestSupport
import SwiftProtobuf
import Testing

@testable import SplitpipeModel

@Suite struct ReadONNXTests {
  @Test func `a detector is read with its modules, classes and geometry`() throws {
    var message = ONNXFixture.detector
    message.metadataProps = [
      .with {
        $0.key = "names"; $0.value = "{0: 'traffic light'}"
      },
      .with {
        $0.key = "license"; $0.value = "MIT"
      },
      .with {
        $0.key = "description"; $0.value = "Ultralytics YOLO11n model"
      },
    ]
    let model = try readONNX(bytes: message.serializedBytes(), name: "a.onnx")
    #expect(model.name == "a.onnx")
    #expect(model.family == "YOLO11n")
    #expect(model.format == "ONNX opset 13")
    #expect(model.licence == "MIT")
    #expect(model.classNames == ["traffic light"])
    #expect(model.detector == .yolov8)
    #expect(
      model.geometry
        == InputGeometry(
          size: .fixed(PixelSize(width: 32, height: 32)), placement: .centred, channelOrder: .rgb,
          byteScale: 1 / 255))
    let graph = try model.graph(PixelSize(width: 32, height: 32))
    #expect(graph.aliases == ["0": "act", "1": "flat", "2": "output"])
    #expect(try cut(graph, at: "model.0").frontier.map(\.name) == ["act"])
  }

  @Test func `constants may be nodes and weights may be listed as inputs`() throws {
    var message = ONNXFixture.detector
    let shape = try #require(message.graph.initializer.firstIndex { $0.name == "shape" })
    let constant = message.graph.initializer.remove(at: shape)
    message.graph.node.insert(
      .with {
        $0.opType = "Constant"
        $0.output = ["shape"]
        $0.attribute = [
          .with {
            $0.name = "value"
            $0.type = .tensor
            $0.t = [constant]
          }
        ]
      }, at: 0)
    message.graph.input += message.graph.initializer.map { weight in
      .with {
        $0.name = weight.name
        $0.type.tensorType.elemType = weight.dataType
      }
    }
    let plain = try readONNX(bytes: ONNXFixture.detector.serializedBytes(), name: "a")
    let other = try readONNX(bytes: message.serializedBytes(), name: "b")
    let size = PixelSize(width: 32, height: 32)
    #expect(try plain.graph(size).weights == other.graph(size).weights)
    #expect(try plain.graph(size).inputs == other.graph(size).inputs)
  }

  @Test func `weights in typed fields equal those in raw bytes`() throws {
    var message = ONNXFixture.detector
    for index in message.graph.initializer.indices {
      let tensor = message.graph.initializer[index]
      let weight = try Weight(
        tensor, named: tensor.name, files: ExternalWeights(folder: nil))
      message.graph.initializer[index].rawData = Data()
      if weight.elementType == .float32 {
        message.graph.initializer[index].floatData =
          weight.elements(UInt32.self).map(Float.init(bitPattern:))
      } else {
        message.graph.initializer[index].int64Data = weight.elements(Int64.self)
      }
    }
    #expect(try ModelGraph(message) == ModelGraph(ONNXFixture.detector))
  }

  @Test func `shape arithmetic of an export with open sides follows the picture`() throws {
    // Reshape to (1, channels of Shape, −1), as exporters write it.
    var sketch = GraphSketch(input: [nil, 3, nil, nil])
    sketch.graph.weights["one"] = Weight(
      shape: Shape([]), elementType: .int64, bytes: littleEndian([Int64(1)]))
    sketch.integers("front", [1])
    sketch.integers("rest", [-1])
    sketch.integers("axis", [0])
    sketch.add("Relu", ["images"], ["act"])
    sketch.add("Shape", ["act"], ["extents"])
    sketch.add("Gather", ["extents", "one"], ["channels"], ["axis": .int(0)])
    sketch.add("Unsqueeze", ["channels", "axis"], ["vector"])
    sketch.add("Concat", ["front", "vector", "rest"], ["wanted"], ["axis": .int(0)])
    sketch.add("Sigmoid", ["act"], ["squashed"])
    sketch.add("Reshape", ["squashed", "wanted"], ["end"])
    sketch.graph.outputs = ["end"]
    let model = try readONNX(
      bytes: ONNXFixture.message(sketch.graph).serializedBytes(), name: "open.onnx")
    #expect(model.geometry.size == .rectangular(longest: 640, stride: 32))
    let graph = try model.graph(PixelSize(width: 64, height: 96))
    #expect(graph.nodes.map(\.operation) == ["Relu", "Sigmoid", "Reshape"])
    #expect(try graph.inferringShapes().types["end"]?.shape == Shape([1, 3, 6144]))
    #expect(try cut(graph, at: "act").frontier.map(\.name) == ["act"])
    let error = #expect(throws: SplitpipeError.self) {
      try model.graph(PixelSize(width: 60, height: 96))
    }
    #expect(error?.kind == .usage)
    #expect(
      error?.message
        == "model \"open.onnx\" at 60×96: it takes sides that are multiples of 32 up to 16384")
  }

  @Test(arguments: [6, 25, 0, -1, .max, .min] as [Int64])
  func `operator sets outside 7 to 24 are refused`(version: Int64) throws {
    let error = try ONNXFixture.refusal { $0.opsetImport[0].version = version }
    #expect(error?.kind == .badData)
    #expect(
      error?.message
        == "cannot read model \"a.onnx\": ONNX opset \(version), expected 7 to 24; export the model "
        + "anew, with opset_version=17 for instance")
  }

  @Test func `what splitpipe does not read is refused by name`() throws {
    func message(_ change: (inout ONNXModel) -> Void) throws -> String {
      let error = try #require(try ONNXFixture.refusal(change))
      #expect(error.kind == .badData)
      return String(error.message.dropFirst("cannot read model \"a.onnx\": ".count))
    }
    #expect(
      try message {
        $0.graph.initializer[0].dataLocation = .external
        $0.graph.initializer[0].externalData = [
          .with {
            $0.key = "location"; $0.value = "weights.bin"
          }
        ]
      }
        == "weight \"kernel\" lies in another file (\"weights.bin\"), expected all weights inside "
        + "the model; save it as one file (onnx.save with save_as_external_data=False)")
    #expect(
      try message { $0.graph.initializer[0].rawData.removeLast() }
        == "weight \"kernel\" of shape 2×3×3×3 needs 216 bytes of float32, found 215")
    #expect(
      try message { $0.graph.initializer[0].dims = [1 << 40, 1 << 40] }
        == "weight \"kernel\" has an impossible shape [1099511627776, 1099511627776]")
    #expect(
      try message { $0.graph.initializer[0].dataType = 8 }
        == "weight \"kernel\" has ONNX element type 8, which splitpipe does not know")
    #expect(
      try message {
        $0.graph.node[1].opType = "If"
        $0.graph.node[1].attribute = [
          .with {
            $0.name = "then_branch"; $0.type = .graph
          }
        ]
      }
        == "node \"/model.0/LeakyRelu\" (If) holds a graph of its own (control flow), expected a "
        + "plain graph; export the model without control flow or simplify it first")
    #expect(
      try message { $0.graph.node[0].opType = "QLinearConv" }
        == "node \"/model.0/Conv\" (QLinearConv) takes and gives codes of integers, expected operators "
        + "of floats with quantizers between; quantize the model in the QDQ format "
        + "(quant_format=QuantFormat.QDQ) or dynamically")
    #expect(
      try message { $0.graph.node[0].input[0] = "row" }.hasPrefix("the graph has a cycle: "))
    #expect(
      try message { $0.graph.node[1].input = ["gone"] }
        == "node \"/model.0/LeakyRelu\" (LeakyRelu) reads tensor \"gone\", which nothing makes")
    #expect(
      try message { $0.graph.node[1].output = ["conv"] }
        == "tensor \"conv\" is made twice, by node \"/model.0/LeakyRelu\" (LeakyRelu) and another")
    #expect(
      try message { $0.clearGraph() }
        == "neither a .pt checkpoint nor a whole ONNX model: it holds no graph; give a YOLOv5 .pt "
        + "file or an .onnx file as exported")
    #expect(
      try message { $0.graph.input[0].type.tensorType.elemType = 2 }
        == "the model's input \"images\" is uint8, expected float32 or float16; export it without "
        + "what prepares the picture")
    #expect(
      try message { $0.graph.input[0].type.tensorType.shape.dim[0].value = .dimValue(8) }
        == "the model's input \"images\" is 8×3×32×32, a batch of 8 pictures, expected one "
        + "picture; export it with a batch of 1, or with an open one")
    #expect(
      try message {
        $0.graph.input[0].type.tensorType.shape.dim[1].value = .dimValue(32)
        $0.graph.input[0].type.tensorType.shape.dim[3].value = .dimValue(3)
      }
        == "the model's input \"images\" is 1×32×32×3, with the channels last, expected "
        + "1×3×height×width; convert it to channels first when exporting")
    #expect(
      try message { message in
        message.graph.input.append(
          .with {
            $0.name = "orig_target_sizes"
            $0.type.tensorType.elemType = 7
            $0.type.tensorType.shape.dim = []
          })
        message.graph.node[1].input.append("orig_target_sizes")
      }
        == "the model has 2 inputs (\"images\", \"orig_target_sizes\"), expected one picture; export "
        + "it without what comes after the boxes, such as their scaling to the picture's size")
  }

  @Test func `shapes that contradict each other are refused naming the node`() throws {
    let error = try ONNXFixture.refusal { $0.graph.initializer[0].dims = [3, 2, 3, 3] }
    #expect(
      error?.message
        == "cannot read model \"a.onnx\": node \"/model.0/Conv\" (Conv): its input has 3 channels, "
        + "its kernel 3×2×3×3 in 1 groups expects 2")
  }

  @Test func `every prefix of a model is refused or read whole`() throws {
    let bytes: [UInt8] = try ONNXFixture.detector.serializedBytes()
    for length in bytes.indices { use(Array(bytes[..<length])) }
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func `a damaged byte is refused or gives a usable model`(seed: UInt64) throws {
    let bytes: [UInt8] = try ONNXFixture.detector.serializedBytes()
    var generator = SeededGenerator(seed: seed)
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= UInt8.random(in: 1...255, using: &generator)
      use(damaged)
    }
  }

  /// Reads, shapes, cuts and writes; only an error of splitpipe's may end it.
  private func use(_ bytes: [UInt8]) {
    do {
      let model = try readONNX(bytes: bytes, name: "damaged")
      let graph = try model.graph(PixelSize(width: 32, height: 32))
      for split in try usableSplits(graph) {
        let halves = try cut(graph, at: split.name)
        #expect(!(try onnxBytes(of: halves.head).isEmpty))
      }
    } catch let error as SplitpipeError {
      #expect([.badData, .usage].contains(error.kind), "\(error)")
    } catch {
      Issue.record("\(error)")
    }
  }
}
