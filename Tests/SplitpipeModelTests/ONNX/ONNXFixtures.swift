import SplitpipeCore
import SwiftProtobuf

@testable import SplitpipeModel

/// ONNX files made by hand, as messages to damage and bytes to read.
enum ONNXFixture {
  /// A detector of YOLOv8's output layout with one class at 32×32 (21 cells): a convolution, an
  /// average over the picture, a matrix product and a reshape.
  static var detector: ONNXModel {
    var sketch = GraphSketch(input: [1, 3, 32, 32])
    sketch.weight("kernel", [2, 3, 3, 3])
    sketch.weight("product", [2, 105])
    sketch.integers("shape", [1, 5, 21])
    sketch.add(
      "Conv", ["images", "kernel"], ["conv"], scope: "0",
      ["pads": .ints([1, 1, 1, 1]), "strides": .ints([2, 2]), "auto_pad": .string("NOTSET")])
    sketch.add("LeakyRelu", ["conv"], ["act"], scope: "0", ["alpha": .float(0.1)])
    sketch.add("GlobalAveragePool", ["act"], ["mean"], scope: "1")
    sketch.add("Flatten", ["mean"], ["flat"], scope: "1")
    sketch.add("MatMul", ["flat", "product"], ["row"], scope: "2")
    sketch.add("Reshape", ["row", "shape"], ["output"], scope: "2")
    sketch.graph.outputs = ["output"]
    return message(sketch.graph)
  }

  /// The graph as a file would hold it, node names carrying their scope as PyTorch writes them.
  static func message(_ graph: ModelGraph) -> ONNXModel {
    var graph = graph
    for index in graph.nodes.indices where !graph.nodes[index].scope.isEmpty {
      let path = graph.nodes[index].scope.replacing(".", with: "/")
      graph.nodes[index].name = "/model.\(path)/\(graph.nodes[index].operation)"
    }
    guard let bytes = try? onnxBytes(of: graph),
      let message = try? ONNXModel(serializedBytes: bytes)
    else { return ONNXModel() }
    return message
  }

  /// What reading a changed detector says; nil if it is read.
  static func refusal(_ change: (inout ONNXModel) -> Void) throws -> SplitpipeError? {
    var model = detector
    change(&model)
    let bytes: [UInt8] = try model.serializedBytes()
    do {
      _ = try readONNX(bytes: bytes, name: "a.onnx")
      return nil
    } catch let error as SplitpipeError {
      return error
    }
  }
}
