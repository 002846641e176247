import SplitpipeCore

@testable import SplitpipeModel

/// Small graphs written in a line per node.
struct GraphSketch {
  var graph = ModelGraph(
    name: "sketch", opset: 13, nodes: [], inputs: [], outputs: [], weights: [:])

  /// - Parameter input: extents of the float32 input called `images`.
  init(input: [Int?] = [1, 3, 8, 8]) {
    graph.inputs = [GraphInput(name: "images", elementType: .float32, dimensions: input)]
  }

  @discardableResult
  mutating func add(
    _ operation: String, _ inputs: [String], _ outputs: [String], scope: String = "",
    _ attributes: [String: Attribute] = [:]
  ) -> [String] {
    graph.nodes.append(
      Node(
        name: "\(operation)_\(graph.nodes.count)", operation: operation, inputs: inputs,
        outputs: outputs, attributes: attributes, scope: scope))
    return outputs
  }

  /// A 1×1 convolution followed by an activation, the way YOLO's `Conv` module is exported.
  @discardableResult
  mutating func convolve(_ input: String, from: Int, to: Int, path: String) -> String {
    weight("\(path).weight", [to, from, 1, 1])
    add("Conv", [input, "\(path).weight"], ["\(path).conv"], scope: "\(path).conv")
    add("Sigmoid", ["\(path).conv"], ["\(path).sigmoid"], scope: "\(path).act")
    add("Mul", ["\(path).conv", "\(path).sigmoid"], [path], scope: "\(path).act")
    return path
  }

  mutating func weight(_ name: String, _ extents: [Int]) {
    let shape = Shape(extents)
    graph.weights[name] = Weight(
      shape: shape, elementType: .float32,
      bytes: (0..<shape.count * 4).map { UInt8(truncatingIfNeeded: $0 % 4 == 3 ? 0x3d : $0 * 7) })
  }

  /// Small values of half precision.
  mutating func half(_ name: String, _ extents: [Int]) {
    let shape = Shape(extents)
    let patterns = (0..<shape.count).map { UInt16(0x2C00 + $0 * 37 % 0x800) }
    graph.weights[name] = Weight(
      shape: shape, elementType: .float16, bytes: littleEndian(patterns))
  }

  /// A scalar.
  mutating func floats(_ name: String, _ value: Float) {
    graph.weights[name] = Weight(floats: [value], shape: Shape([]))
  }

  mutating func integers(_ name: String, _ values: [Int64]) {
    graph.weights[name] = Weight(
      shape: Shape([values.count]), elementType: .int64, bytes: littleEndian(values))
  }

  /// One block of YOLOv5 (`C3` with one bottleneck) between two convolutions.
  static var c3: ModelGraph {
    var sketch = GraphSketch()
    sketch.convolve("images", from: 3, to: 64, path: "3")
    sketch.convolve("3", from: 64, to: 16, path: "4.cv1")
    sketch.convolve("4.cv1", from: 16, to: 16, path: "4.m.0.cv1")
    sketch.convolve("4.m.0.cv1", from: 16, to: 16, path: "4.m.0.cv2")
    sketch.add("Add", ["4.cv1", "4.m.0.cv2"], ["4.m"], scope: "4.m.0")
    sketch.convolve("3", from: 64, to: 16, path: "4.cv2")
    sketch.add("Concat", ["4.m", "4.cv2"], ["4.joined"], scope: "4", ["axis": .int(1)])
    sketch.convolve("4.joined", from: 32, to: 64, path: "4")
    sketch.convolve("4", from: 64, to: 8, path: "5")
    sketch.graph.outputs = ["5"]
    sketch.graph.aliases = sketch.graph.moduleOutputs { _ in true }
    return sketch.graph
  }
}
