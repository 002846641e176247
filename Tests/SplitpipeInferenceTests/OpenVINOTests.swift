import SplitpipeCore
import SplitpipeInference
import SplitpipeModel
import SplitpipeTestSupport
import Testing

@Suite(OpenVINORuntime.needed) struct `The OpenVINO engine` {
  /// Two outputs: the 2×2 input doubled, and its sum with a second input.
  private static let graph = ModelGraph(
    name: "toy", opset: 13,
    nodes: [
      Node(name: "double", operation: "Add", inputs: ["a", "a"], outputs: ["twice"]),
      Node(name: "sum", operation: "Add", inputs: ["twice", "b"], outputs: ["all"]),
    ],
    inputs: [
      GraphInput(name: "a", elementType: .float32, dimensions: [2, 2]),
      GraphInput(name: "b", elementType: .float32, dimensions: [2, 2]),
    ],
    outputs: ["twice", "all"], weights: [:])

  private func floats(_ values: [Float]) -> InferenceInput {
    .floats(Tensor(shape: Shape([2, 2]), values: values))
  }

  @Test func `runs a graph again and again with inputs and outputs in order`() throws {
    let segment = try OpenVINOEngine().compile(
      onnx: onnxBytes(of: Self.graph), name: "toy", precision: .f32, threads: 1)
    #expect(segment.inputNames == ["a", "b"])
    #expect(segment.outputNames == ["twice", "all"])
    for round in 0..<3 {
      let base = Float(round)
      let outputs = try segment.run([
        floats([base, 2, 3, 4]), floats([10, 20, 30, 40]),
      ])
      #expect(outputs.map(\.values) == [[2 * base, 4, 6, 8], [2 * base + 10, 24, 36, 48]])
    }
  }

  @Test func `takes bytes where the graph converts them`() throws {
    let image = ModelGraph(
      name: "image", opset: 13,
      nodes: [Node(name: "n", operation: "Neg", inputs: ["x"], outputs: ["y"])],
      inputs: [GraphInput(name: "x", elementType: .float32, dimensions: [1, 3, 1, 1])],
      outputs: ["y"], weights: [:])
    let segment = try OpenVINOEngine().compile(
      onnx: onnxBytes(of: prependingByteInput(image, scale: 0.5)), name: "image",
      precision: .f32, threads: nil)
    let outputs = try segment.run([
      .bytes(Tensor(shape: Shape([1, 3, 1, 1]), values: [0, 1, 255]))
    ])
    #expect(outputs[0].values == [0, -0.5, -127.5])
  }

  @Test(arguments: [[], ["output0"]] as [Set<String>])
  func `runs a network of its own form behind what makes its input`(names: Set<String>) throws {
    let size = PixelSize(width: 32, height: 32)
    let network = RuntimeNetwork(
      description: Array(RuntimeNetworkFiles.description().utf8),
      weights: RuntimeNetworkFiles.weights, outputNames: names)
    let picture = try onnxBytes(of: prependingByteInput(.picture(size), scale: 1 / 255))
    let graph = try OpenVINOEngine().compile(
      network, behind: picture, name: "net", precision: .f32, threads: 1)
    #expect(graph.outputNames == ["output0"] && graph.inputNames.count == 1)
    for (value, score) in [(255 as UInt8, RuntimeNetworkFiles.score), (0, 0.5)] {
      let pixels = Tensor(
        shape: Shape([1, 3, 32, 32]), values: [UInt8](repeating: value, count: 3072))
      let output = try #require(try graph.run([.bytes(pixels)]).first)
      #expect(output.shape == Shape([1, 6, 21]))
      // Place 5: centre, size, and the scores of both classes.
      let found = (0..<6).map { output.values[$0 * 21 + 5] }
      #expect(found.prefix(4) == [12, 16, 16, 20])
      #expect(found.suffix(2).allSatisfy { abs($0 - score) < 1e-5 }, "\(found)")
    }
  }

  @Test func `refuses a network that is damaged, or has not the output asked for`() throws {
    let picture = try onnxBytes(
      of: prependingByteInput(.picture(PixelSize(width: 32, height: 32)), scale: 1))
    func compile(_ description: String, _ weights: [UInt8], _ names: Set<String>) throws {
      _ = try OpenVINOEngine().compile(
        RuntimeNetwork(
          description: Array(description.utf8), weights: weights, outputNames: names),
        behind: picture, name: "net", precision: .f32, threads: 1)
    }
    let whole = RuntimeNetworkFiles.description()
    let weights = RuntimeNetworkFiles.weights
    for (description, bytes, names, words) in [
      (String(whole.dropLast(200)), weights, [], "OpenVINO refuses net"),
      (whole, Array(weights.dropLast(8)), [], "OpenVINO refuses net"),
      (whole, [], [], "OpenVINO refuses net"),
      (whole, weights, ["other"], "calls the outputs of net output0, expected one of other"),
    ] as [(String, [UInt8], Set<String>, String)] {
      let error = #expect(throws: SplitpipeError.self) { try compile(description, bytes, names) }
      #expect(error?.kind == .badData)
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
  }

  @Test func `gives the same with a kernel inside the model as with the kernel fed to it`() throws {
    let kernel: [Float] = (0..<54).map { Float($0 % 7) / 8 - 0.375 }
    let whole = ModelGraph(
      name: "kernel", opset: 13,
      nodes: [
        Node(
          name: "conv", operation: "Conv", inputs: ["x", "w"], outputs: ["y"],
          attributes: ["pads": .ints([1, 1, 1, 1])])
      ],
      inputs: [GraphInput(name: "x", elementType: .float32, dimensions: [1, 3, 4, 4])],
      outputs: ["y"],
      weights: [
        "w": Weight(
          shape: Shape([2, 3, 3, 3]), elementType: .float32,
          bytes: kernel.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
          })
      ])
    var editor = GraphEditor(whole)
    #expect(editor.promote(weight: "w").shape == Shape([2, 3, 3, 3]))
    let picture = InferenceInput.floats(
      Tensor(shape: Shape([1, 3, 4, 4]), values: (0..<48).map { Float($0 * 5 % 11) / 4 }))
    func run(_ graph: ModelGraph, _ inputs: [InferenceInput]) throws -> [Float] {
      let segment = try OpenVINOEngine().compile(
        onnx: onnxBytes(of: graph), name: "kernel", precision: .f32, threads: 1)
      return try segment.run(inputs)[0].values
    }
    let inside = try run(whole, [picture])
    let fed = try run(
      editor.finish(), [picture, .floats(Tensor(shape: Shape([2, 3, 3, 3]), values: kernel))])
    #expect(Set(inside).count > 8)
    #expect(zip(inside, fed).allSatisfy { abs($0 - $1) <= 1e-5 } && inside.count == fed.count)
  }

  @Test func `gives the same through a cut of half precision as uncut`() throws {
    func half(_ count: Int) -> [UInt8] {
      (0..<count).flatMap { index in
        let pattern = Float16(Float(index * 5 % 11) / 16 - 0.25).bitPattern
        return [UInt8(truncatingIfNeeded: pattern), UInt8(pattern >> 8)]
      }
    }
    let whole = ModelGraph(
      name: "half", opset: 13,
      nodes: [
        Node(
          name: "in", operation: "Cast", inputs: ["x"], outputs: ["x16"],
          attributes: ["to": .int(10)]),
        Node(
          name: "conv", operation: "Conv", inputs: ["x16", "w"], outputs: ["middle"],
          attributes: ["pads": .ints([1, 1, 1, 1])]),
        Node(name: "act", operation: "Sigmoid", inputs: ["middle"], outputs: ["late"]),
        Node(
          name: "out", operation: "Cast", inputs: ["late"], outputs: ["y"],
          attributes: ["to": .int(1)]),
      ],
      inputs: [GraphInput(name: "x", elementType: .float32, dimensions: [1, 3, 4, 4])],
      outputs: ["y"],
      weights: [
        "w": Weight(shape: Shape([2, 3, 3, 3]), elementType: .float16, bytes: half(54))
      ])
    let halves = try cut(whole, at: "middle")
    let picture = InferenceInput.floats(
      Tensor(shape: Shape([1, 3, 4, 4]), values: (0..<48).map { Float($0 * 5 % 11) / 4 }))
    func run(_ graph: ModelGraph, _ input: InferenceInput) throws -> Tensor<Float> {
      let segment = try OpenVINOEngine().compile(
        onnx: onnxBytes(of: graph), name: "half", precision: .f32, threads: 1)
      return try segment.run([input])[0]
    }
    let uncut = try run(whole, picture)
    let joined = try run(halves.tail, .floats(run(halves.head, picture)))
    #expect(Set(uncut.values).count > 8)
    #expect(zip(uncut.values, joined.values).allSatisfy { abs($0 - $1) <= 2e-3 })
  }

  @Test func `gives an output whose length depends on the picture`() throws {
    // The places of all positive values.
    let graph = ModelGraph(
      name: "places", opset: 13,
      nodes: [
        Node(name: "n", operation: "NonZero", inputs: ["clipped"], outputs: ["places"]),
        Node(name: "r", operation: "Relu", inputs: ["x"], outputs: ["clipped"]),
        Node(
          name: "c", operation: "Cast", inputs: ["places"], outputs: ["y"],
          attributes: ["to": .int(1)]),
      ],
      inputs: [GraphInput(name: "x", elementType: .float32, dimensions: [2, 2])],
      outputs: ["y"], weights: [:])
    let segment = try OpenVINOEngine().compile(
      onnx: onnxBytes(of: graph.sortedTopologically()), name: "places", precision: .f32,
      threads: 1)
    for (values, expected) in [
      ([0, 1, 0, 0], [0, 1]), ([1, 0, 0, 2], [0, 1, 0, 1]), ([0, 0, 0, 0], []),
      ([1, 1, 1, 1], [0, 0, 1, 1, 0, 1, 0, 1]),
    ] as [([Float], [Float])] {
      let output = try segment.run([floats(values)])[0]
      #expect(output.shape == Shape([2, expected.count / 2]))
      #expect(output.values == expected)
    }
  }

  @Test func `refuses a tensor of another shape instead of reading past it`() throws {
    let segment = try OpenVINOEngine().compile(
      onnx: onnxBytes(of: Self.graph), name: "toy", precision: .f32, threads: 1)
    let error = #expect(throws: SplitpipeError.self) {
      try segment.run([
        floats([1, 2, 3, 4]), .floats(Tensor(shape: Shape([3]), values: [1, 2, 3])),
      ])
    }
    #expect(error?.message == "input \"b\" of toy is 2×2, got 3")
  }

  @Test func `refuses bytes that are no model in one sentence`() throws {
    let engine = try OpenVINOEngine()
    let error = #expect(throws: SplitpipeError.self) {
      try engine.compile(onnx: [1, 2, 3], name: "noise", precision: .f32, threads: nil)
    }
    #expect(error?.kind == .badData)
    #expect(error?.message.hasPrefix("OpenVINO refuses noise: reading the model: ") == true)
    #expect(error?.message.contains("\n") == false)
  }
}
