import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

/// One operator on `images` of the given extents, its other inputs constants.
struct OperatorCase: Sendable, CustomTestStringConvertible {
  var operation: String
  var input: [Int]
  var attributes: [String: Attribute] = [:]
  /// Float weights after the input, by shape.
  var weights: [[Int]] = []
  /// Integer vectors after those; nil for an omitted input.
  var integers: [[Int64]?] = []
  var scales: [Float]?
  var opset = 13
  var outputs = 1
  var expected: [[Int]?]

  var testDescription: String { "\(operation) opset \(opset) of \(input)" }
}

@Suite struct ShapeInferenceTests {
  @Test(arguments: [
    OperatorCase(
      operation: "Conv", input: [1, 4, 9, 8],
      attributes: [
        "pads": .ints([1, 0, 1, 0]), "strides": .ints([2, 1]), "dilations": .ints([1, 2]),
        "group": .int(2),
      ], weights: [[6, 2, 3, 3]], expected: [[1, 6, 5, 4]]),
    OperatorCase(
      operation: "Conv", input: [1, 3, 7, 7],
      attributes: ["auto_pad": .string("SAME_UPPER"), "strides": .ints([2, 2])],
      weights: [[8, 3, 3, 3]], expected: [[1, 8, 4, 4]]),
    OperatorCase(
      operation: "Conv", input: [1, 3, 7, 7], attributes: ["auto_pad": .string("VALID")],
      weights: [[8, 3, 3, 3]], expected: [[1, 8, 5, 5]]),
    OperatorCase(
      operation: "ConvTranspose", input: [1, 8, 5, 5],
      attributes: ["strides": .ints([2, 2]), "output_padding": .ints([1, 1])],
      weights: [[8, 4, 2, 2]], expected: [[1, 4, 11, 11]]),
    OperatorCase(
      operation: "MaxPool", input: [1, 2, 6, 6],
      attributes: ["kernel_shape": .ints([3, 3]), "strides": .ints([2, 2])],
      expected: [[1, 2, 2, 2]]),
    OperatorCase(
      operation: "MaxPool", input: [1, 2, 6, 6],
      attributes: [
        "kernel_shape": .ints([3, 3]), "strides": .ints([2, 2]), "ceil_mode": .int(1),
      ], expected: [[1, 2, 3, 3]]),
    OperatorCase(operation: "GlobalAveragePool", input: [1, 5, 7, 9], expected: [[1, 5, 1, 1]]),
    OperatorCase(
      operation: "Upsample", input: [1, 2, 3, 4],
      attributes: ["scales": .floats([1, 1, 2, 1.5])], opset: 7, expected: [[1, 2, 6, 6]]),
    OperatorCase(
      operation: "DynamicQuantizeLinear", input: [1, 2, 3, 4], outputs: 3,
      expected: [[1, 2, 3, 4], [], []]),
    OperatorCase(
      operation: "ConvInteger", input: [1, 4, 9, 8], attributes: ["strides": .ints([2, 2])],
      weights: [[6, 4, 3, 3]], expected: [[1, 6, 4, 3]]),
    OperatorCase(
      operation: "MatMulInteger", input: [2, 3, 4], weights: [[4, 5]], expected: [[2, 3, 5]]),
    OperatorCase(
      operation: "GridSample", input: [2, 8, 5, 5], weights: [[2, 300, 4, 2]], opset: 16,
      expected: [[2, 8, 300, 4]]),
    OperatorCase(operation: "Swish", input: [1, 5], opset: 24, expected: [[1, 5]]),
    OperatorCase(operation: "HardSwish", input: [1, 5], expected: [[1, 5]]),
    OperatorCase(operation: "Add", input: [2, 1, 4], weights: [[3, 1]], expected: [[2, 3, 4]]),
    OperatorCase(
      operation: "MatMul", input: [2, 3, 4], weights: [[4, 5]], expected: [[2, 3, 5]]),
    OperatorCase(operation: "MatMul", input: [2, 3, 4], weights: [[4]], expected: [[2, 3]]),
    OperatorCase(
      operation: "Gemm", input: [1, 4], attributes: ["transB": .int(1)], weights: [[5, 4], [5]],
      expected: [[1, 5]]),
    OperatorCase(
      operation: "ReduceMean", input: [1, 5, 7, 9],
      attributes: ["axes": .ints([-1, 2]), "keepdims": .int(0)], expected: [[1, 5]]),
    OperatorCase(
      operation: "ReduceMean", input: [1, 5, 7, 9], integers: [[2, 3]], opset: 18,
      expected: [[1, 5, 1, 1]]),
    OperatorCase(operation: "ReduceSum", input: [2, 3], integers: [[1]], expected: [[2, 1]]),
    OperatorCase(
      operation: "TopK", input: [1, 50], integers: [[7]], outputs: 2, expected: [[1, 7], [1, 7]]),
    OperatorCase(
      operation: "Split", input: [1, 6], attributes: ["axis": .int(1)], outputs: 2,
      expected: [[1, 3], [1, 3]]),
    OperatorCase(
      operation: "Split", input: [1, 6], attributes: ["axis": .int(1), "split": .ints([2, 4])],
      opset: 11, outputs: 2, expected: [[1, 2], [1, 4]]),
    OperatorCase(
      operation: "Split", input: [1, 7], attributes: ["axis": .int(1), "num_outputs": .int(2)],
      opset: 18, outputs: 2, expected: [[1, 4], [1, 3]]),
    OperatorCase(
      operation: "Slice", input: [1, 10, 10],
      integers: [[0, -1], [.max, .min], [1, 2], [3, -2]], expected: [[1, 4, 5]]),
    OperatorCase(
      operation: "Slice", input: [1, 10],
      attributes: ["starts": .ints([2]), "ends": .ints([-2]), "axes": .ints([1])], opset: 9,
      expected: [[1, 6]]),
    OperatorCase(
      operation: "Reshape", input: [2, 3, 4], integers: [[0, -1]], expected: [[2, 12]]),
    OperatorCase(operation: "Flatten", input: [2, 3, 4], expected: [[2, 12]]),
    OperatorCase(
      operation: "Transpose", input: [2, 3, 4], attributes: ["perm": .ints([2, 0, 1])],
      expected: [[4, 2, 3]]),
    OperatorCase(
      operation: "Unsqueeze", input: [3], attributes: ["axes": .ints([0, -1])], opset: 11,
      expected: [[1, 3, 1]]),
    OperatorCase(operation: "Squeeze", input: [1, 3, 1], integers: [[0]], expected: [[3, 1]]),
    OperatorCase(operation: "Squeeze", input: [1, 3, 1], expected: [[3]]),
    OperatorCase(
      operation: "Gather", input: [5, 6], attributes: ["axis": .int(1)], integers: [[0, 2, 4]],
      expected: [[5, 3]]),
    OperatorCase(
      operation: "Resize", input: [1, 3, 5, 5], integers: [nil, nil, [1, 3, 9, 7]],
      expected: [[1, 3, 9, 7]]),
    OperatorCase(
      operation: "Resize", input: [1, 3, 5, 5], integers: [nil], scales: [1, 1, 2, 1.5],
      expected: [[1, 3, 10, 7]]),
    OperatorCase(
      operation: "Resize", input: [1, 3, 5, 5], scales: [1, 1, 2, 2], opset: 10,
      expected: [[1, 3, 10, 10]]),
    OperatorCase(
      operation: "Upsample", input: [1, 3, 5, 5], scales: [1, 1, 2, 2], opset: 9,
      expected: [[1, 3, 10, 10]]),
    OperatorCase(
      operation: "Pad", input: [1, 3], integers: [[0, 1, 0, 2]], expected: [[1, 6]]),
    OperatorCase(
      operation: "Pad", input: [1, 3], attributes: ["pads": .ints([0, 1, 0, 2])], opset: 9,
      expected: [[1, 6]]),
    OperatorCase(
      operation: "Expand", input: [3, 1], integers: [[2, 1, 4]], expected: [[2, 3, 4]]),
    OperatorCase(operation: "Tile", input: [1, 3], integers: [[2, 2]], expected: [[2, 6]]),
    OperatorCase(
      operation: "DepthToSpace", input: [1, 8, 2, 2], attributes: ["blocksize": .int(2)],
      expected: [[1, 2, 4, 4]]),
    OperatorCase(
      operation: "ArgMax", input: [1, 4, 5], attributes: ["axis": .int(-1)],
      expected: [[1, 4, 1]]),
    OperatorCase(operation: "Riddle", input: [1], expected: [nil]),
  ])
  func `the shapes an operator makes are those of its definition`(_ test: OperatorCase) throws {
    let (graph, outputs) = sketch(test)
    let types = try graph.inferringShapes().types
    #expect(outputs.map { types[$0]?.shape.dimensions } == test.expected)
  }

  @Test(arguments: [
    OperatorCase(
      operation: "Conv", input: [1, 3, 2, 2], weights: [[4, 3, 3, 3]], expected: []),
    OperatorCase(
      operation: "Conv", input: [1, 3, 8, 8], attributes: ["strides": .ints([0, 1])],
      weights: [[4, 3, 3, 3]], expected: []),
    OperatorCase(
      operation: "Conv", input: [1, 3, 8, 8], attributes: ["group": .int(0)],
      weights: [[4, 3, 3, 3]], expected: []),
    OperatorCase(
      operation: "Conv", input: [1, 3, 8, 8], attributes: ["pads": .ints([.max, 0, .max, 0])],
      weights: [[4, 3, 3, 3]], expected: []),
    OperatorCase(operation: "Add", input: [1, 3], weights: [[2]], expected: []),
    OperatorCase(operation: "MatMul", input: [1, 3], weights: [[2, 3]], expected: []),
    OperatorCase(operation: "Reshape", input: [2, 3], integers: [[-1, 4]], expected: []),
    OperatorCase(operation: "Reshape", input: [2, 3], integers: [[-1, -1]], expected: []),
    OperatorCase(operation: "Reshape", input: [2, 3], integers: [[.max, .max]], expected: []),
    OperatorCase(
      operation: "Transpose", input: [2, 3], attributes: ["perm": .ints([0, 0])], expected: []),
    OperatorCase(
      operation: "Concat", input: [2, 3], attributes: ["axis": .int(5)], weights: [[2, 3]],
      expected: []),
    OperatorCase(operation: "Expand", input: [1], integers: [[1 << 31, 1 << 31]], expected: []),
    OperatorCase(operation: "Tile", input: [1 << 20], integers: [[1 << 20]], expected: []),
    OperatorCase(
      operation: "Slice", input: [4], integers: [[0], [4], [0], [0]], expected: []),
    OperatorCase(operation: "ConstantOfShape", input: [1], expected: []),
    OperatorCase(operation: "Resize", input: [4], scales: [.infinity], opset: 10, expected: []),
    OperatorCase(operation: "Resize", input: [4], scales: [.nan], opset: 10, expected: []),
    OperatorCase(operation: "MaxPool", input: [1, 2, 6, 6], expected: []),
  ])
  func `operands that cannot go together are refused or left unknown`(_ test: OperatorCase) {
    let (graph, outputs) = sketch(test)
    do {
      #expect(try graph.inferringShapes().types[outputs[0]] == nil)
    } catch {
      let error = error as? SplitpipeError
      #expect(error?.kind == .badData)
      #expect(
        error?.message.hasPrefix("node \"\(test.operation)_0\" (\(test.operation)): ") == true)
    }
  }

  @Test func `values computed from shapes are followed`() throws {
    // A grid of cell centres, 0.5, 1.5, …, one for each column of the input.
    var sketch = GraphSketch(input: [1, 3, 4, 6])
    for (name, value) in [("axis", Int64(3)), ("zero", 0), ("one", 1)] {
      sketch.graph.weights[name] = Weight(
        shape: Shape([]), elementType: .int64, bytes: littleEndian([value]))
    }
    sketch.graph.weights["half"] = Weight(
      shape: Shape([]), elementType: .float32, bytes: littleEndian([Float(0.5).bitPattern]))
    sketch.add("Shape", ["images"], ["extents"])
    sketch.add("Gather", ["extents", "axis"], ["columns"])
    sketch.add("Range", ["zero", "columns", "one"], ["numbers"])
    sketch.add("Cast", ["numbers"], ["reals"], ["to": .int(1)])
    sketch.add("Add", ["reals", "half"], ["centres"])
    sketch.add("Add", ["images", "centres"], ["end"])
    sketch.graph.outputs = ["end"]
    let shaped = try sketch.graph.inferringShapes()
    #expect(shaped.values["centres"]?.reals == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5])
    #expect(shaped.withConstantsFolded().pruned().nodes.map(\.operation) == ["Add"])
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func `hostile numbers and connections end in an error or in shapes`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let extremes: [Int64] = [0, 1, -1, 2, 7, 1 << 20, 1 << 31, -(1 << 31), 1 << 45, .max, .min]
    let operations = [
      "Concat", "Reshape", "Slice", "Gather", "Range", "Expand", "Tile", "Split", "Conv", "Pad",
      "Add", "Mul", "Where", "ConstantOfShape", "Unsqueeze", "Squeeze", "Shape", "Cast", "Resize",
    ]
    let keys = ["axis", "axes", "to", "pads", "strides", "group", "split", "perm", "start", "end"]
    for round in 0..<400 {
      var sketch = GraphSketch(input: [1, 3, 8, 8])
      sketch.weight("kernel", [2, 3, 3, 3])
      sketch.graph.weights["real"] = Weight(
        shape: Shape([]), elementType: .float32, bytes: littleEndian([Float(0.5).bitPattern]))
      var tensors = ["images", "kernel", "real", ""]
      for count in 0...4 {
        let values = (0..<count).compactMap { _ in extremes.randomElement(using: &generator) }
        sketch.integers("vector\(count)", values)
        tensors.append("vector\(count)")
      }
      for index in 0..<8 {
        let inputs = (0..<Int.random(in: 1...4, using: &generator)).compactMap { _ in
          tensors.randomElement(using: &generator)
        }
        var attributes: [String: Attribute] = [:]
        for key in keys where Int.random(in: 0..<4, using: &generator) == 0 {
          let value = extremes.randomElement(using: &generator) ?? 0
          attributes[key] = Bool.random(using: &generator) ? .int(value) : .ints([value, 1])
        }
        let operation = operations.randomElement(using: &generator) ?? "Add"
        sketch.add(operation, inputs, ["t\(index)"], attributes)
        tensors.append("t\(index)")
        sketch.graph.outputs = ["t\(index)"]
        do {
          _ = try sketch.graph.inferringShapes().withConstantsFolded()
        } catch {
          #expect((error as? SplitpipeError)?.kind == .badData, "seed \(seed), round \(round)")
          sketch.graph.nodes.removeLast()
          tensors.removeLast()
        }
      }
    }
  }

  @Test func `vectors of different element types are not joined`() {
    var sketch = GraphSketch()
    sketch.integers("numbers", [1, 2])
    sketch.graph.weights["none"] = Weight(shape: Shape([0]), elementType: .float32, bytes: [])
    sketch.add("Concat", ["numbers", "none"], ["joined"], ["axis": .int(0)])
    let graph = sketch.graph
    let error = #expect(throws: SplitpipeError.self) { try graph.inferringShapes() }
    #expect(error?.message == "node \"Concat_0\" (Concat): it joins int64 and float32")
  }

  private func sketch(_ test: OperatorCase) -> (graph: ModelGraph, outputs: [String]) {
    var sketch = GraphSketch(input: test.input)
    sketch.graph.opset = test.opset
    var inputs = ["images"]
    for (index, extents) in test.weights.enumerated() {
      sketch.weight("weight\(index)", extents)
      inputs.append("weight\(index)")
    }
    for (index, values) in test.integers.enumerated() {
      if let values { sketch.integers("integers\(index)", values) }
      inputs.append(values == nil ? "" : "integers\(index)")
    }
    if let scales = test.scales {
      sketch.graph.weights["scales"] = Weight(
        shape: Shape([scales.count]), elementType: .float32,
        bytes: littleEndian(scales.map(\.bitPattern)))
      inputs.append("scales")
    }
    let outputs = (0..<test.outputs).map { "output\($0)" }
    sketch.add(test.operation, inputs, outputs, test.attributes)
    sketch.graph.outputs = outputs
    return (sketch.graph, outputs)
  }
}
