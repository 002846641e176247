import SplitpipeCore
import SplitpipeInference
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

/// One operator on inputs whose gradients are asked for.
struct RuleCase: Sendable, CustomTestStringConvertible {
  let operation: String
  /// Of the inputs that are differentiated; the constants come after them.
  var shapes: [[Int]]
  var attributes: [String: Attribute] = [:]
  var constants: [Weight] = []
  /// Where among the inputs the constants are, if not behind.
  var constantsFirst = false
  var opset = 17
  /// Values of inputs above 0 alone.
  var isPositive = false
  var outputs = 1

  init(
    _ operation: String, _ shapes: [Int]..., attributes: [String: Attribute] = [:],
    constants: [Weight] = [], constantsFirst: Bool = false, opset: Int = 17,
    isPositive: Bool = false, outputs: Int = 1
  ) {
    self.operation = operation
    self.shapes = shapes
    self.attributes = attributes
    self.constants = constants
    self.constantsFirst = constantsFirst
    self.opset = opset
    self.isPositive = isPositive
    self.outputs = outputs
  }

  var testDescription: String {
    let told = attributes.keys.sorted().map { "\($0)=\(attributes[$0] ?? .int(0))" }
    return "\(operation) \(shapes) \(told.joined(separator: " ")) opset \(opset)"
  }

  /// The operator alone; inputs `x0`, `x1` …, output `y`.
  var graph: ModelGraph {
    let fed = shapes.indices.map { "x\($0)" }
    let held = constants.indices.map { "c\($0)" }
    let names = (0..<outputs).map { $0 == 0 ? "y" : "y\($0)" }
    return ModelGraph(
      name: operation, opset: opset,
      nodes: [
        Node(
          name: "node", operation: operation, inputs: constantsFirst ? held + fed : fed + held,
          outputs: names, attributes: attributes)
      ],
      inputs: zip(fed, shapes).map {
        GraphInput(name: $0, elementType: .float32, dimensions: $1)
      },
      outputs: ["y"], weights: Dictionary(uniqueKeysWithValues: zip(held, constants)))
  }
}

private func floats(_ shape: [Int], seed: UInt64, in range: ClosedRange<Float> = -1...1) -> Weight {
  var dice = SeededGenerator(seed: seed)
  let shape = Shape(shape)
  return Weight(
    floats: (0..<shape.count).map { _ in Float.random(in: range, using: &dice) }, shape: shape)
}

private func integers(_ values: Int...) -> Weight { Weight(integers: values) }
private func scalar(_ value: Float) -> Weight { Weight(floats: [value], shape: Shape([])) }

private func window(
  _ kernel: [Int64], strides: [Int64] = [1, 1], pads: [Int64] = [0, 0, 0, 0],
  _ rest: [String: Attribute] = [:]
) -> [String: Attribute] {
  ["kernel_shape": .ints(kernel), "strides": .ints(strides), "pads": .ints(pads)]
    .merging(rest) { first, _ in first }
}

@Suite(OpenVINORuntime.needed)
struct `Gradients of operators` {
  static let cases: [RuleCase] =
    [
      "Relu", "Sigmoid", "Tanh", "Exp", "Neg", "Abs", "Erf", "Softplus", "Sin", "Cos", "HardSwish",
      "Mish", "Identity",
    ].map { RuleCase($0, [2, 3, 4]) } + [
      RuleCase("LeakyRelu", [2, 3, 4], attributes: ["alpha": .float(0.1)]),
      RuleCase("Elu", [2, 3, 4], attributes: ["alpha": .float(0.7)]),
      RuleCase("HardSigmoid", [2, 3, 4]),
      RuleCase("Gelu", [2, 3, 4], opset: 20),
      RuleCase("Log", [2, 3], isPositive: true), RuleCase("Sqrt", [2, 3], isPositive: true),
      RuleCase("Reciprocal", [2, 3], isPositive: true),
      RuleCase("Clip", [2, 3, 4], constants: [scalar(-0.5), scalar(0.62)]),
      RuleCase("Clip", [2, 3, 4], attributes: ["min": .float(0), "max": .float(0.6)], opset: 7),
      RuleCase("PRelu", [2, 3, 4], constants: [floats([3, 1], seed: 1)]),
      RuleCase("Softmax", [2, 3, 4], attributes: ["axis": .int(1)]),
      RuleCase("Softmax", [2, 3, 2], attributes: ["axis": .int(2)], opset: 11),
      RuleCase("LogSoftmax", [2, 5]),
      RuleCase(
        "BatchNormalization", [2, 3, 2, 2],
        constants: [
          floats([3], seed: 1), floats([3], seed: 2), floats([3], seed: 3),
          floats([3], seed: 4, in: 0.5...2),
        ]),
      RuleCase("Cast", [2, 3], attributes: ["to": .int(1)]),
      RuleCase("Add", [2, 3, 4], [3, 1]), RuleCase("Sub", [3, 4], [2, 3, 4]),
      RuleCase("Mul", [2, 3, 4], [1, 3, 1]), RuleCase("Sum", [2, 3], [2, 3], [3]),
      RuleCase("Mean", [2, 3], [3]), RuleCase("Div", [2, 3], [2, 1], isPositive: true),
      RuleCase("Pow", [2, 3], constants: [scalar(2.5)], isPositive: true),
      RuleCase("Pow", [2, 3], constants: [scalar(2)]),
      RuleCase("Max", [2, 3], constants: [floats([2, 3], seed: 5)]),
      RuleCase("Min", [2, 3], constants: [floats([3], seed: 6)]),
      RuleCase(
        "Where", [2, 3], [2, 3],
        constants: [Weight(shape: Shape([2, 3]), elementType: .bool, bytes: [1, 0, 1, 1, 0, 0])],
        constantsFirst: true),
      RuleCase("Conv", [1, 3, 5, 6], constants: [floats([4, 3, 3, 3], seed: 7)]),
      RuleCase(
        "Conv", [1, 4, 6, 5], attributes: window([3, 3], strides: [2, 2], pads: [1, 0, 1, 1]),
        constants: [floats([2, 4, 3, 3], seed: 8), floats([2], seed: 9)]),
      RuleCase(
        "Conv", [1, 4, 5, 5],
        attributes: window(
          [3, 3], pads: [2, 2, 2, 2], ["group": .int(4), "dilations": .ints([2, 2])]),
        constants: [floats([4, 1, 3, 3], seed: 10)]),
      RuleCase(
        "Conv", [1, 2, 7, 6],
        attributes: [
          "auto_pad": .string("SAME_LOWER"), "strides": .ints([2, 2]),
          "kernel_shape": .ints([4, 3]),
        ], constants: [floats([3, 2, 4, 3], seed: 11)]),
      RuleCase("Conv", [1, 3, 4, 4], constants: [floats([5, 3, 1, 1], seed: 12)]),
      RuleCase("Conv", [1, 3, 9], constants: [floats([2, 3, 3], seed: 13)]),
      RuleCase(
        "ConvTranspose", [1, 3, 4, 3],
        attributes: window(
          [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ["output_padding": .ints([1, 1])]),
        constants: [floats([3, 2, 3, 3], seed: 14)]),
      // Kernels and biases that are fed: their gradients, too.
      RuleCase("Conv", [2, 3, 5, 4], [2, 3, 3, 3], [2]),
      RuleCase("Conv", [2, 3, 3, 4], [4, 3, 1, 1], [4]), RuleCase("Conv", [1, 3, 7], [2, 3, 3]),
      RuleCase(
        "Conv", [2, 2, 6, 5], [3, 2, 3, 3],
        attributes: window([3, 3], strides: [2, 2], pads: [1, 0, 1, 1])),
      RuleCase(
        "Conv", [2, 4, 5, 5], [4, 1, 3, 3],
        attributes: window(
          [3, 3], pads: [2, 2, 2, 2], ["group": .int(4), "dilations": .ints([2, 2])])),
      RuleCase(
        "Conv", [2, 4, 5, 3], [6, 2, 2, 2],
        attributes: window([2, 2], strides: [2, 1], ["group": .int(2)])),
      RuleCase("Conv", [2, 2, 4, 4], [3, 2, 1, 1], attributes: window([1, 1], strides: [2, 2])),
      RuleCase(
        "ConvTranspose", [2, 3, 4, 3], [3, 2, 3, 3], [2],
        attributes: window(
          [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ["output_padding": .ints([1, 1])])),
      RuleCase(
        "ConvTranspose", [2, 4, 2, 3], [4, 1, 4, 4],
        attributes: window([4, 4], strides: [2, 2], pads: [1, 1, 1, 1], ["group": .int(2)])),
      RuleCase("MaxPool", [1, 2, 6, 5], attributes: window([5, 5], pads: [2, 2, 2, 2])),
      RuleCase("MaxPool", [1, 2, 6, 4], attributes: window([2, 2], strides: [2, 2])),
      RuleCase(
        "MaxPool", [1, 2, 7, 6], attributes: window([3, 3], strides: [2, 2], pads: [1, 1, 1, 1])),
      RuleCase(
        "MaxPool", [1, 2, 6, 5],
        attributes: window([3, 2], strides: [2, 3], ["ceil_mode": .int(1)])),
      RuleCase("AveragePool", [1, 2, 6, 4], attributes: window([2, 2], strides: [2, 2])),
      RuleCase(
        "AveragePool", [1, 2, 5, 6],
        attributes: window([3, 3], strides: [2, 1], pads: [1, 1, 1, 1])),
      RuleCase(
        "AveragePool", [1, 2, 5, 6],
        attributes: window([3, 3], pads: [1, 1, 1, 1], ["count_include_pad": .int(1)])),
      RuleCase("GlobalAveragePool", [1, 3, 4, 5]), RuleCase("GlobalMaxPool", [1, 3, 3, 4]),
      RuleCase("MatMul", [2, 3, 4], [4, 5]), RuleCase("MatMul", [3, 4], [2, 4, 2]),
      RuleCase("Gemm", [2, 3], constants: [floats([3, 4], seed: 15), floats([4], seed: 16)]),
      RuleCase(
        "Gemm", [3, 2], [4, 3],
        attributes: [
          "transA": .int(1), "transB": .int(1), "alpha": .float(0.5), "beta": .float(2),
        ], constants: [floats([2, 4], seed: 17)]),
      RuleCase(
        "ReduceMean", [2, 3, 4], attributes: ["axes": .ints([1, 2]), "keepdims": .int(0)]),
      RuleCase("ReduceSum", [2, 3, 4], constants: [integers(-1)]),
      RuleCase("ReduceSum", [2, 3, 4], attributes: ["axes": .ints([0])], opset: 11),
      RuleCase("ReduceMax", [2, 3, 4], attributes: ["axes": .ints([2])]),
      RuleCase("ReduceMin", [2, 3, 4], attributes: ["axes": .ints([1])]),
      RuleCase("ReduceL2", [2, 3], attributes: ["axes": .ints([1])]),
      RuleCase("ReduceSumSquare", [2, 3], attributes: ["axes": .ints([1])]),
      RuleCase("Reshape", [2, 6], constants: [integers(3, -1)]), RuleCase("Flatten", [2, 3, 2]),
      RuleCase("Squeeze", [1, 3, 1], constants: [integers(0)]),
      RuleCase("Unsqueeze", [3, 2], constants: [integers(1)]),
      RuleCase("Transpose", [2, 3, 4], attributes: ["perm": .ints([2, 0, 1])]),
      RuleCase("Expand", [3, 1], constants: [integers(2, 3, 4)]),
      RuleCase("Tile", [2, 3], constants: [integers(2, 3)]),
      RuleCase("DepthToSpace", [1, 8, 2, 3], attributes: ["blocksize": .int(2)]),
      RuleCase(
        "DepthToSpace", [1, 8, 2, 3], attributes: ["blocksize": .int(2), "mode": .string("CRD")]),
      RuleCase("SpaceToDepth", [1, 2, 4, 6], attributes: ["blocksize": .int(2)]),
      RuleCase("Concat", [2, 3], [2, 1], [2, 2], attributes: ["axis": .int(1)]),
      RuleCase(
        "Split", [2, 6], attributes: ["axis": .int(1)], constants: [integers(4, 2)], outputs: 2),
      RuleCase(
        "Slice", [3, 7],
        constants: [integers(1, 1), integers(3, 7), integers(0, 1), integers(1, 3)]),
      RuleCase(
        "Slice", [3, 7], constants: [integers(0), integers(99), integers(1), integers(2)]),
      RuleCase(
        "Slice", [3, 7],
        attributes: ["starts": .ints([1]), "ends": .ints([-1]), "axes": .ints([1])],
        opset: 9),
      RuleCase("Pad", [2, 3], constants: [integers(0, 1, 2, 0), scalar(0.5)]),
      RuleCase("Gather", [3, 4], attributes: ["axis": .int(1)], constants: [integers(1, 2)]),
      RuleCase(
        "Resize", [1, 2, 3, 2],
        attributes: [
          "mode": .string("nearest"), "coordinate_transformation_mode": .string("asymmetric"),
          "nearest_mode": .string("floor"),
        ],
        constants: [
          Weight(floats: [], shape: Shape([0])), Weight(floats: [1, 1, 2, 3], shape: Shape([4])),
        ]),
      RuleCase(
        "Upsample", [1, 2, 3, 2], attributes: ["mode": .string("nearest")],
        constants: [Weight(floats: [1, 1, 2, 2], shape: Shape([4]))], opset: 9),
    ]

  /// Values far from each other and from where slopes change, compared with the step of the differences.
  private static func values(_ count: Int, _ test: RuleCase, _ dice: inout SeededGenerator)
    -> [Float]
  {
    let spacing: Float = test.isPositive ? 0.11 : 0.073
    let first = test.isPositive ? 0.4 : -spacing * Float(count / 2) + 0.031
    return (0..<count).map { first + Float($0) * spacing }.shuffled(using: &dice)
  }

  @Test(arguments: cases)
  func `are those of central differences`(test: RuleCase) throws {
    var dice = SeededGenerator(seed: 20)
    let names = test.shapes.indices.map { "x\($0)" }
    let graph = test.graph
    var gradient = try GradientGraph(graph, of: "y", at: names)
    // The gradient of what is only passed on is the seed itself, which no node makes.
    gradient.editor.outputs =
      try ["y"]
      + names.map { name in
        let found = try #require(gradient.gradients[name])
        return gradient.editor.add("Identity", [found], named: "slope")
      }
    let compiled = try OpenVINOEngine().compile(
      onnx: onnxBytes(of: gradient.editor.finish()), name: test.operation, precision: .f32,
      threads: 1)
    let inputs = test.shapes.map { extents -> Tensor<Float> in
      let shape = Shape(extents)
      return Tensor(shape: shape, values: Self.values(shape.count, test, &dice))
    }
    let output = try #require(try graph.inferringShapes().types["y"]?.shape)
    let seed = (0..<output.count).map { _ in Float.random(in: -1...1, using: &dice) }
    func run(_ inputs: [Tensor<Float>]) throws -> [Tensor<Float>] {
      try compiled.run(
        inputs.map { .floats($0) } + [.floats(Tensor(shape: output, values: seed))])
    }
    func weighed(_ inputs: [Tensor<Float>]) throws -> Double {
      zip(try run(inputs)[0].values, seed).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let found = try run(inputs)
    let step: Float = 0.004
    for (place, input) in inputs.enumerated() {
      let slopes = found[1 + place]
      try #require(slopes.shape == input.shape)
      for element in input.values.indices {
        let sides = try [step, -step].map { offset in
          var values = input.values
          values[element] += offset
          var moved = inputs
          moved[place] = Tensor(shape: input.shape, values: values)
          return try weighed(moved)
        }
        let expected = (sides[0] - sides[1]) / Double(2 * step)
        let difference = abs(Double(slopes.values[element]) - expected)
        #expect(
          difference < 3e-3 * max(1, abs(expected)),
          "\(test.testDescription), x\(place)[\(element)]: \(slopes.values[element]), not \(expected)"
        )
      }
    }
  }

  @Test func `an operator without a rule is named`() throws {
    let test = RuleCase("CumSum", [2, 3], constants: [Weight(integers: [1])])
    let error = #expect(throws: SplitpipeError.self) {
      try GradientGraph(test.graph, of: "y", at: ["x0"])
    }
    #expect(error?.kind == .badData)
    #expect(error?.message.contains("\"node\" (CumSum)") == true, "\(error?.message ?? "")")
  }

  /// A constant that two operators read was seen to be read wrongly by one of them.
  @Test(arguments: [(1, 4), (1, 64), (3, 16), (3, 64), (3, 256)])
  func `a kernel serves a convolution and its gradient`(side: Int, channels: Int) throws {
    let kernel = floats([channels, channels, side, side], seed: 3)
    let test = RuleCase("Conv", [1, channels, 8, 8], constants: [kernel])
    var gradient = try GradientGraph(test.graph, of: "y", at: ["x0"])
    gradient.editor.outputs = ["y", try #require(gradient.gradients["x0"])]
    let compiled = try OpenVINOEngine().compile(
      onnx: onnxBytes(of: gradient.editor.finish()), name: "kernel", precision: .f32, threads: 1)
    var dice = SeededGenerator(seed: 4)
    let input = Tensor(
      shape: Shape([1, channels, 8, 8]),
      values: (0..<channels * 64).map { _ in Float.random(in: -1...1, using: &dice) })
    let extent = 9 - side
    let output = Shape([1, channels, extent, extent])
    let seed = Tensor(
      shape: output,
      values: (0..<output.count).map { _ in Float.random(in: -1...1, using: &dice) })
    let found = try compiled.run([.floats(input), .floats(seed)])
    // Σ seed·(K∗x) = Σ x·(Kᵀ∗seed).
    func inner(_ a: [Float], _ b: [Float]) -> Double {
      zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let (left, right) = (inner(found[0].values, seed.values), inner(found[1].values, input.values))
    #expect(abs(left - right) < 1e-3 * max(1, abs(left)), "\(left), \(right)")
  }
}
