import SplitpipeCore
import SplitpipeTestSupport
import SwiftProtobuf
import Testing

@testable import SplitpipeModel

@Suite struct ONNXWriterTests {
  @Test func `a written graph is read back equal`() throws {
    var sketch = GraphSketch(input: [1, 3, nil, nil])
    sketch.weight("kernel", [4, 3, 1, 1])
    sketch.integers("sizes", [1, 4, 16, 16])
    sketch.graph.weights["half"] = Weight(
      shape: Shape([2]), elementType: .float16, bytes: [0, 0x3c, 0, 0x40])
    sketch.graph.weights["empty"] = Weight(shape: Shape([0]), elementType: .float32, bytes: [])
    sketch.add(
      "Conv", ["images", "kernel"], ["conv"],
      ["pads": .ints([0, 0, 0, 0]), "group": .int(1), "auto_pad": .string("NOTSET")])
    sketch.add("Resize", ["conv", "", "empty", "sizes"], ["big"], ["mode": .string("nearest")])
    sketch.add(
      "Oddity", ["big", "half"], ["", "end"],
      [
        "zero": .int(0), "none": .float(0), "text": .string(""), "some": .floats([1, .infinity]),
        "words": .strings(["a", "ü"]),
        "constant": .tensor(try #require(sketch.graph.weights["half"])),
      ])
    sketch.graph.nodes[2].domain = "com.example"
    sketch.graph.outputs = ["end"]
    let bytes = try onnxBytes(of: sketch.graph)
    let message = try ONNXModel(serializedBytes: bytes)
    #expect(try ModelGraph(message) == sketch.graph)
    #expect(message.opsetImport.map(\.domain) == ["", "com.example"])
  }

  @Test func `outputs are written with their inferred type`() throws {
    var sketch = GraphSketch()
    sketch.add("ArgMax", ["images"], ["best"], ["axis": .int(1), "keepdims": .int(0)])
    sketch.graph.outputs = ["best"]
    let message = try ONNXModel(serializedBytes: onnxBytes(of: sketch.graph))
    let type = message.graph.output[0].type.tensorType
    #expect(type.elemType == 7)
    #expect(type.shape.dim.map(\.dimValue) == [1, 8, 8])
  }

  @Test func `a byte input is cast and scaled inside the graph`() throws {
    var sketch = GraphSketch()
    sketch.add("Relu", ["images"], ["end"])
    sketch.graph.outputs = ["end"]
    let scaled = try prependingByteInput(sketch.graph, scale: 1 / 255).sortedTopologically()
    #expect(scaled.nodes.map(\.operation) == ["Cast", "Mul", "Relu"])
    #expect(scaled.inputs.map(\.name) == ["images"])
    #expect(scaled.inputs.map(\.elementType) == [.uint8])
    #expect(
      try scaled.inferringShapes().types["end"]
        == TensorType(shape: Shape([1, 3, 8, 8]), elementType: .float32))
    let plain = try prependingByteInput(sketch.graph, scale: 1).sortedTopologically()
    #expect(plain.nodes.map(\.operation) == ["Cast", "Relu"])
  }

  @Test(SharedData.needs("data/weights/yolox_nano.onnx"))
  func `a real model survives writing and reading`() throws {
    let model = try loadModel(path: SharedData.path("data/weights/yolox_nano.onnx"))
    let graph = try model.graph(PixelSize(width: 640, height: 640))
    let bytes = try onnxBytes(of: graph)
    let again = try readONNX(bytes: bytes, name: "again").graph(PixelSize(width: 640, height: 640))
    #expect(again == graph)
  }
}
