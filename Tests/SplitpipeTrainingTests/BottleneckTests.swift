import SplitpipeCore
import SplitpipeInference
import SplitpipePipeline
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel
@testable import SplitpipeTraining

/// A network of two convolutions and a rest that reads what both made.
private let smallNetwork: ModelGraph = {
  var dice = SeededGenerator(seed: 5)
  func weight(_ extents: [Int]) -> Weight {
    let shape = Shape(extents)
    return Weight(
      floats: (0..<shape.count).map { _ in Float.random(in: -0.5...0.5, using: &dice) },
      shape: shape)
  }
  func convolution(_ name: String, _ input: String, _ kernel: String, stride: Int) -> Node {
    Node(
      name: name, operation: "Conv", inputs: [input, kernel], outputs: [name],
      attributes: [
        "kernel_shape": .ints([3, 3]), "pads": .ints([1, 1, 1, 1]),
        "strides": .ints([Int64(stride), Int64(stride)]),
      ])
  }
  return ModelGraph(
    name: "small", opset: 17,
    nodes: [
      convolution("a", "picture", "ka", stride: 1),
      Node(name: "ra", operation: "Relu", inputs: ["a"], outputs: ["ra"]),
      convolution("b", "ra", "kb", stride: 2),
      Node(name: "rb", operation: "Relu", inputs: ["b"], outputs: ["rb"]),
      convolution("c", "rb", "kc", stride: 1),
      convolution("d", "ra", "kd", stride: 2),
      Node(name: "sum", operation: "Add", inputs: ["c", "d"], outputs: ["sum"]),
      Node(name: "mean", operation: "GlobalAveragePool", inputs: ["sum"], outputs: ["mean"]),
      Node(
        name: "scores", operation: "Reshape", inputs: ["mean", "shape"], outputs: ["scores"]),
    ],
    inputs: [GraphInput(name: "picture", elementType: .float32, dimensions: [1, 3, 10, 14])],
    outputs: ["scores"],
    weights: [
      "ka": weight([4, 3, 3, 3]), "kb": weight([6, 4, 3, 3]), "kc": weight([20, 6, 3, 3]),
      "kd": weight([20, 4, 3, 3]), "shape": Weight(integers: [1, 20]),
    ])
}()

@Suite struct `A bottleneck in a graph` {
  @Test func `stands before those that read the tensor behind the split alone`() throws {
    // At "rb" the tensor "ra", which both halves read, crosses as well.
    let bottleneck = try Bottleneck(smallNetwork, at: "rb", seed: 1) { _ in
      BottleneckShape(kind: .linear, channels: 2, stride: 2)
    }
    #expect(bottleneck.coders.map(\.crossing.name) == ["rb", "ra"])
    #expect(bottleneck.coders.map(\.latentName) == ["bottleneck", "bottleneck.2"])
    // 5×7 of one and 10×14 of the other, a coder each.
    #expect(bottleneck.coders.map(\.latentShape) == [Shape([1, 2, 3, 4]), Shape([1, 2, 5, 7])])
    let graph = try bottleneck.inserted([:])
    let cut = try cut(graph, at: Bottleneck.splitName)
    #expect(Set(cut.frontier.map(\.name)) == ["bottleneck", "bottleneck.2"])
    let second = try #require(graph.nodes.first { $0.name == "b" })
    #expect(second.inputs[0] == "ra")
    let last = try #require(graph.nodes.first { $0.name == "d" })
    #expect(last.inputs[0] != "ra")
    // All that was there is there as it was.
    for (name, weight) in smallNetwork.weights { #expect(graph.weights[name] == weight) }
    let types = try graph.inferringShapes().types
    #expect(types["scores"]?.shape == Shape([1, 20]))
  }

  @Test(arguments: BottleneckShape.Kind.allCases)
  func `sends the share that was asked for`(kind: BottleneckShape.Kind) throws {
    for stride in kind == .paper ? [4] : BottleneckShape.strides {
      let tensor = Shape([1, 64, 40, 40])
      let shape = BottleneckShape(kind: kind, share: 0.1, of: tensor, stride: stride)
      let sent = Double(shape.latent(of: tensor).count) / Double(tensor.count)
      #expect(abs(sent - 0.1) < 0.01, "\(shape): \(sent)")
    }
  }

  @Test func `is of maps alone`() throws {
    let error = #expect(throws: SplitpipeError.self) {
      try Bottleneck(smallNetwork, at: "nothing", seed: 1) { _ in
        BottleneckShape(kind: .linear, channels: 2, stride: 2)
      }
    }
    #expect(error?.kind == .usage)
  }

  @Test func `several pictures are several times one`() throws {
    let batch = try smallNetwork.batched(3)
    let types = try batch.inferringShapes().types
    #expect(types["sum"]?.shape == Shape([3, 20, 5, 7]))
    #expect(types["scores"]?.shape == Shape([3, 20]))
    var mixed = smallNetwork
    mixed.nodes.append(
      Node(
        name: "mixed", operation: "ReduceMean", inputs: ["scores"], outputs: ["all"],
        attributes: ["axes": .ints([0, 1])]))
    mixed.outputs = ["all"]
    let error = #expect(throws: SplitpipeError.self) { try mixed.batched(3) }
    #expect(error?.message.contains("\"all\" (ReduceMean)") == true, "\(error?.message ?? "")")
  }
}

@Suite(OpenVINORuntime.needed)
struct `Training a bottleneck` {
  private let geometry = InputGeometry(
    size: .fixed(PixelSize(width: 14, height: 10)), placement: .centred, channelOrder: .rgb,
    byteScale: 1 / 255)

  private func pool(_ count: Int, seed: UInt64) -> PicturePool {
    var dice = SeededGenerator(seed: seed)
    var pool = PicturePool(size: PixelSize(width: 14, height: 10))
    for number in 0..<count {
      let values = (0..<3 * 140).map { _ in UInt8.random(in: 0...255, using: &dice) }
      pool.add(Tensor(shape: Shape([1, 3, 10, 14]), values: values), follows: number % 3 > 0)
    }
    return pool
  }

  private func step(_ settings: BottleneckTraining.Settings, shape: BottleneckShape) throws -> (
    BottleneckTraining, TrainingStep
  ) {
    let bottleneck = try Bottleneck(smallNetwork, at: "ra", seed: 3) { _ in shape }
    let training = try BottleneckTraining(
      bottleneck, settings, known: [:], geometry: geometry, detector: nil)
    return (
      training, try TrainingStep(training.step, engine: OpenVINOEngine(), name: "the step")
    )
  }

  @Test(arguments: BottleneckShape.Kind.allCases, [TunedPart.bottleneck, .tail, .all])
  func `lessens the loss, and changes what may change`(
    kind: BottleneckShape.Kind, tuned: TunedPart
  ) throws {
    var settings = BottleneckTraining.Settings()
    settings.pictures = 4
    settings.tuned = tuned
    settings.loss = .distillation
    settings.loss.features = 1
    settings.loss.bits = 6
    let (training, step) = try step(
      settings, shape: BottleneckShape(kind: kind, channels: 6, stride: kind == .paper ? 4 : 1))
    let kernels = Set(training.step.parameters.map(\.name)).intersection(smallNetwork.weights.keys)
    #expect(
      kernels
        == (tuned == .bottleneck
          ? [] : tuned == .tail ? ["kb", "kc", "kd"] : ["ka", "kb", "kc", "kd"]))
    let pictures = pool(8, seed: 1)
    func losses(_ count: Int) throws -> Double {
      var dice = SplitMix64(seed: 9)
      let data = InferenceInput.bytes(
        pictures.draw(4, part: pictures.size, pairs: false, flips: false, &dice))
      var last = 0.0
      for number in 1...count { last = Double(try step.run([data], step: number, rate: 0.01)[0]) }
      return last
    }
    let first = try losses(1)
    let last = try losses(60)
    #expect(last < 0.6 * first, "\(first) to \(last)")
    let now = try step.state().tensors
    for parameter in training.step.parameters {
      #expect(now[parameter.name]?[0] != parameter.initial.floats, "\(parameter.name)")
    }
  }

  @Test func `sends fewer bits where they count`() throws {
    var rates: [Double] = []
    for weight in [0, 3] as [Float] {
      var settings = BottleneckTraining.Settings()
      settings.pictures = 4
      settings.loss.bits = 4
      settings.loss.rate = weight == 0 ? 1e-6 : weight
      settings.loss.isVideo = true
      let (training, step) = try step(
        settings, shape: BottleneckShape(kind: .linear, channels: 4, stride: 2))
      #expect(training.reports == ["loss", "features", "bits"])
      let pictures = pool(9, seed: 2)
      var bits = 0.0
      for number in 1...80 {
        var dice = SplitMix64(seed: 1, stream: UInt64(number))
        let data = pictures.draw(4, part: pictures.size, pairs: true, flips: false, &dice)
        bits = Double(try step.run([.bytes(data)], step: number, rate: 0.01)[2])
      }
      rates.append(bits / Double(settings.loss.rate))
    }
    #expect(rates[1] < 0.8 * rates[0], "\(rates) bits a coefficient")
  }

  @Test func `keeps the weights before a loss that is no number`() throws {
    let (_, step) = try step(
      BottleneckTraining.Settings(), shape: BottleneckShape(kind: .linear, channels: 2, stride: 2))
    let pictures = pool(4, seed: 3)
    var dice = SplitMix64(seed: 4)
    let data = InferenceInput.bytes(
      pictures.draw(1, part: pictures.size, pairs: false, flips: false, &dice))
    _ = try step.run([data], step: 1, rate: 0.01)
    // Weights beyond what float32 holds.
    _ = try step.run([data], step: 2, rate: 1e38)
    let before = try step.state()
    let error = #expect(throws: SplitpipeError.self) {
      try step.run([data], step: 3, rate: 0.01)
    }
    #expect(error?.message.contains("step 3") == true, "\(error?.message ?? "")")
    #expect(try step.state().tensors.keys == before.tensors.keys)
  }

  @Test func `goes on as if it had not been interrupted`() throws {
    let bottleneck = try Bottleneck(smallNetwork, at: "ra", seed: 3) { _ in
      BottleneckShape(kind: .linear, channels: 2, stride: 2)
    }
    let folder = try TemporaryFolder()
    let model = Model(
      name: "small", family: "ONNX", format: "test", classNames: [], geometry: geometry,
      detector: nil, licence: nil, contentHash: ContentHash([1])
    ) { _ in smallNetwork }
    let path = folder.file("training")
    func train(_ checkpoint: TrainingCheckpoint, stopAfter: Int?) throws -> [String: Weight] {
      var second = BottleneckTraining.Settings()
      second.loss = .distillation
      let trainer = BottleneckTrainer(
        bottleneck, of: model, geometry: geometry,
        stages: [
          .init(BottleneckTraining.Settings(), rate: 1e-2, share: 0.5),
          .init(second, rate: 1e-2, share: 0.5),
        ], budget: .steps(40), part: PixelSize(width: 14, height: 10), flips: true, seed: 8,
        engine: try OpenVINOEngine(), pool: pool(8, seed: 5), heldOut: pool(2, seed: 6),
        from: checkpoint, checkpointPath: path)
      let stop = StopSignal()
      var count = 0
      return try trainer.run(stop: stop) { _ in
        count += 1
        if count == stopAfter { stop.stop() }
      } looked: { _, _, _ in
        nil
      }
    }
    let new = TrainingCheckpoint(identity: ["seed": "8"])
    let whole = try train(new, stopAfter: nil)
    for stop in [7, 27] {
      _ = try train(new, stopAfter: stop)
      let resumed = try train(
        TrainingCheckpoint(path: path, identity: ["seed": "8"]), stopAfter: nil)
      #expect(resumed == whole, "stopped after \(stop)")
    }
  }
}
