import Foundation
import SplitpipeAnalysis
import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeInference
import SplitpipeMedia
import SplitpipeStages
import SplitpipeTestSupport
import Testing

@testable import SplitpipeEvaluation
@testable import SplitpipeModel

/// A file of `cui_*.json`: the importance of layers of the first five pictures, by variant.
private struct ReferenceCurve: Decodable {
  struct Layer: Decodable {
    struct Variant: Decodable { let first5: [Double] }
    let name: String
    let camMean: Variant
    let camPaper: Variant
    let gradientsRelu: Variant
    let gradientsSigned: Variant

    enum CodingKeys: String, CodingKey {
      case name
      case camMean = "cam_mean"
      case camPaper = "cam_paper"
      case gradientsRelu = "gradients_relu"
      case gradientsSigned = "gradients_signed"
    }
  }
  let layers: [Layer]

  init(_ name: String) throws {
    let path = SharedData.path("reference/\(name)")
    self = try JSONDecoder().decode(
      ReferenceCurve.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }
}

/// Whether Python has what decodes pictures as the reference did.
private let hasPillow: Bool = {
  let found = try? Program.run(
    "/usr/bin/env", ["python3", "-c", "import PIL"],
    in: FileManager.default.temporaryDirectory.path,
    environment: ProcessInfo.processInfo.environment)
  return found?.code == 0
}()

@Suite(OpenVINORuntime.needed)
struct `The importance of tensors` {
  /// The weights of the check: (((step·t + shift) mod modulus) − middle) / 10.
  private func weights(_ shape: [Int], _ step: Int, _ shift: Int, _ modulus: Int, _ middle: Int)
    -> Weight
  {
    let shape = Shape(shape)
    return Weight(
      floats: (0..<shape.count).map {
        Float((step * $0 + shift) % modulus - middle) / 10
      }, shape: shape)
  }

  /// Two convolutions, pooling and a linear layer, small enough to be differentiated by hand.
  private var network: ModelGraph {
    let same: [String: Attribute] = ["kernel_shape": .ints([3, 3]), "pads": .ints([1, 1, 1, 1])]
    return ModelGraph(
      name: "check", opset: 13,
      nodes: [
        Node(
          name: "conv1", operation: "Conv", inputs: ["x", "w1", "b1"], outputs: ["c1"],
          attributes: same),
        Node(name: "relu1", operation: "Relu", inputs: ["c1"], outputs: ["r1"]),
        Node(
          name: "pool", operation: "MaxPool", inputs: ["r1"], outputs: ["p"],
          attributes: ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])]),
        Node(
          name: "conv2", operation: "Conv", inputs: ["p", "w2", "b2"], outputs: ["c2"],
          attributes: same),
        Node(name: "relu2", operation: "Relu", inputs: ["c2"], outputs: ["r2"]),
        Node(name: "mean", operation: "GlobalAveragePool", inputs: ["r2"], outputs: ["g"]),
        Node(name: "flat", operation: "Flatten", inputs: ["g"], outputs: ["f"]),
        Node(
          name: "linear", operation: "Gemm", inputs: ["f", "w3", "b3"], outputs: ["y"],
          attributes: ["transB": .int(1)]),
      ],
      inputs: [GraphInput(name: "x", elementType: .float32, dimensions: [1, 1, 4, 4])],
      outputs: ["y"],
      weights: [
        "w1": weights([2, 1, 3, 3], 5, 2, 13, 6),
        "b1": Weight(floats: [0.1, -0.1], shape: Shape([2])),
        "w2": weights([2, 2, 3, 3], 7, 1, 11, 5),
        "b2": Weight(floats: [0.05, 0.05], shape: Shape([2])),
        "w3": Weight(floats: [0.7, -0.4, -0.3, 0.6, 0.2, 0.1], shape: Shape([3, 2])),
        "b3": Weight(floats: [0, 0.01, -0.02], shape: Shape([3])),
      ])
  }

  @Test(
    arguments: [
      (
        0, [0.004250, 0.023179, -0.011286],
        [
          (-0.00140625, 0.0084375), (-0.00140625, 0.0084375), (-0.005625, 0.03375),
          (-0.01875, 0.0375), (-0.075, 0.15),
        ]
      ),
      (
        4, [0.065679, -0.004679, 0.005500],
        [
          (0.00328125, -0.0040625), (0.00328125, -0.0040625), (0.013125, -0.01625),
          (0.04375, -0.025), (0.175, -0.1),
        ]
      ),
    ] as [(Int, [Float], [(Float, Float)])])
  func `has channel weights that were worked out by hand`(
    shift: Int, logits: [Float], expected: [(Float, Float)]
  ) throws {
    let graph = try ImportanceGraph(network, at: ["c1", "r1", "p", "c2", "r2"])
    let compiled = try OpenVINOEngine().compile(
      onnx: onnxBytes(of: graph.graph), name: "check", precision: .f32, threads: 1)
    let picture = (0..<16).map { Float((3 * ($0 / 4) + 5 * ($0 % 4) + shift) % 7) / 7 }
    let best = try #require(logits.indices.max { logits[$0] < logits[$1] })
    var seed = [Float](repeating: 0, count: 3)
    seed[best] = 1
    let outputs = try compiled.run([
      .floats(Tensor(shape: Shape([1, 1, 4, 4]), values: picture)),
      .floats(Tensor(shape: Shape([1, 3]), values: seed)),
    ])
    for (found, wanted) in zip(outputs[0].values, logits) { #expect(abs(found - wanted) < 1e-6) }
    for (index, wanted) in expected.enumerated() {
      let weights = outputs[1 + 2 * index].values
      let places = Float(graph.tensors[index].places)
      #expect(abs(weights[0] / places - wanted.0) < 1e-6, "tensor \(index)")
      #expect(abs(weights[1] / places - wanted.1) < 1e-6, "tensor \(index)")
    }
  }

  @Test func `is zero where the network no longer looks`() throws {
    var blind = network
    blind.weights["w2"] = Weight(
      floats: [Float](repeating: 0, count: 36), shape: Shape([2, 2, 3, 3]))
    let graph = try ImportanceGraph(blind, at: ["c1", "r1", "p", "r2"])
    let compiled = try OpenVINOEngine().compile(
      onnx: onnxBytes(of: graph.graph), name: "blind", precision: .f32, threads: 1)
    let outputs = try compiled.run([
      .floats(Tensor(shape: Shape([1, 1, 4, 4]), values: (0..<16).map { Float($0) / 16 })),
      .floats(Tensor(shape: Shape([1, 3]), values: [1, 0, 0])),
    ])
    let values = graph.tensors.indices.map {
      ImportanceValue(weights: outputs[1 + 2 * $0].values, map: outputs[2 + 2 * $0].values)
        .importance(.gradCAM, .code)
    }
    #expect(values[0...2].allSatisfy { $0 == 0 }, "\(values)")
    #expect(values[3] > 0, "\(values)")
  }

  private func outputs(
    of graph: ImportanceGraph, picture: [Float], seed: [Float]
  ) throws -> [ImportanceValue] {
    let compiled = try OpenVINOEngine().compile(
      onnx: onnxBytes(of: graph.graph), name: "check", precision: .f32, threads: 1)
    let outputs = try compiled.run([
      .floats(Tensor(shape: Shape([1, 1, 4, 4]), values: picture)),
      .floats(Tensor(shape: Shape([1, 3]), values: seed)),
    ])
    return graph.tensors.indices.map {
      ImportanceValue(weights: outputs[1 + 2 * $0].values, map: outputs[2 + 2 * $0].values)
    }
  }

  @Test func `is the same with batch normalization as folded`() throws {
    let (scale, shift, mean, variance): ([Float], [Float], [Float], [Float]) = (
      [1.5, -0.7], [0.2, 0.3], [0.1, -0.4], [0.8, 2]
    )
    var normalized = network
    normalized.nodes[1].inputs = ["n"]
    normalized.nodes.insert(
      Node(
        name: "norm", operation: "BatchNormalization",
        inputs: ["c1", "scale", "shift", "mean", "variance"], outputs: ["n"],
        attributes: ["epsilon": .float(1e-5)]), at: 1)
    for (name, values) in [
      ("scale", scale), ("shift", shift), ("mean", mean), ("variance", variance),
    ] {
      normalized.weights[name] = Weight(floats: values, shape: Shape([2]))
    }
    var folded = network
    let factors = (0..<2).map { scale[$0] / (variance[$0] + 1e-5).squareRoot() }
    let kernel = (0..<18).map { (place: Int) -> Float in
      Float((5 * place + 2) % 13 - 6) / 10 * factors[place / 9]
    }
    folded.weights["w1"] = Weight(floats: kernel, shape: Shape([2, 1, 3, 3]))
    let biases: [Float] = [0.1, -0.1]
    let shifted = (0..<2).map { (channel: Int) -> Float in
      (biases[channel] - mean[channel]) * factors[channel] + shift[channel]
    }
    folded.weights["b1"] = Weight(floats: shifted, shape: Shape([2]))
    let picture = (0..<16).map { (place: Int) -> Float in
      Float((3 * (place / 4) + 5 * (place % 4)) % 7) / 7
    }
    let tensors = ["r1", "p", "c2", "r2"]
    let seed: [Float] = [0, 1, 0]
    let a = try outputs(
      of: ImportanceGraph(normalized, at: tensors), picture: picture, seed: seed)
    let b = try outputs(of: ImportanceGraph(folded, at: tensors), picture: picture, seed: seed)
    for (a, b) in zip(a, b) {
      let (left, right) = (a.importance(.gradCAM, .code), b.importance(.gradCAM, .code))
      #expect(abs(left - right) <= 1e-5 * max(abs(left), abs(right)), "\(left), \(right)")
    }
    #expect(a.contains { $0.importance(.gradCAM, .code) > 0 })
  }

  @Test func `finds the channel that a class alone looks at`() throws {
    var planted = network
    // Class 0 sees the first channel, class 1 the second.
    planted.weights["w3"] = Weight(floats: [0.7, 0, 0, 0.6, 0, 0], shape: Shape([3, 2]))
    let graph = try ImportanceGraph(planted, at: ["r2"])
    let picture = (0..<16).map { Float($0 % 7) / 7 }
    for (seed, channel) in [([1, 0, 0], 0), ([0, 1, 0], 1)] as [([Float], Int)] {
      let found = try outputs(of: graph, picture: picture, seed: seed)[0]
      #expect(found.weights[channel] > 0)
      #expect(found.weights[1 - channel] == 0)
    }
  }

  @Test func `counts the most relevant coefficients beside all`() throws {
    var tally = RelevanceTally()
    let values = (0..<100).map { Float($0) - 50 }
    // Relevance grows with the value: the ten greatest are the most relevant.
    tally.add(values, relevance: values.map { $0 + 50 }, share: 0.1)
    let summary = RelevanceSummary(tally, tensor: "t", share: 0.1)
    #expect(tally.relevant.values.count == 10)
    #expect(tally.relevant.values.minimum == 40)
    #expect(summary.areaUnderROC.value.map { $0 > 0.99 } == true)
    #expect(summary.zeros.all == 0.01 && summary.zeros.relevant == 0)
    // Half a step of 4 bits of a range of 99 is 3.3.
    #expect(summary.small.all == 0.07 && summary.small.relevant == 0)
    #expect(summary.verdict.hasPrefix("values tell them"))

    // Relevance that has nothing to do with the value.
    var blind = RelevanceTally()
    blind.add(values, relevance: values.indices.map { $0 % 10 == 3 ? 1 : 0 }, share: 0.1)
    let untold = RelevanceSummary(blind, tensor: "t", share: 0.1)
    let area = try #require(untold.areaUnderROC.value)
    #expect(abs(area - 0.483) < 0.03, "\(area)")
    #expect(untold.verdict.hasPrefix("values do not tell them"), "\(untold.verdict)")

    // No coefficient of no relevance is ever a relevant one.
    var nothing = RelevanceTally()
    nothing.add(values, relevance: values.map { $0 > 48 ? 1 : 0 }, share: 0.1)
    #expect(nothing.relevant.values.count == 1)
  }

  @Test func `has gradients of every coefficient that add up to the channels' weights`() throws {
    let names = ["c1", "r1", "p", "r2"]
    let importance = try ImportanceGraph(network, at: names)
    let relevance = try RelevanceGraph(network, at: names)
    let picture = (0..<16).map { (place: Int) -> Float in
      Float((3 * (place / 4) + 5 * (place % 4)) % 7) / 7
    }
    let seed: [Float] = [0, 1, 0]
    let channels = try outputs(of: importance, picture: picture, seed: seed)
    let compiled = try OpenVINOEngine().compile(
      onnx: onnxBytes(of: relevance.graph), name: "check", precision: .f32, threads: 1)
    let found = try compiled.run([
      .floats(Tensor(shape: Shape([1, 1, 4, 4]), values: picture)),
      .floats(Tensor(shape: Shape([1, 3]), values: seed)),
    ])
    #expect(relevance.reached == [0, 1, 2, 3])
    for place in names.indices {
      let (values, slopes) = (found[2 * place].values, found[2 * place + 1].values)
      let places = values.count / 2
      for channel in 0..<2 {
        let sum = slopes[channel * places..<(channel + 1) * places].reduce(0, +)
        #expect(abs(sum - channels[place].weights[channel]) < 1e-6, "\(names[place])")
      }
    }
  }

  /// Differences over the largest of the pictures: what nearly cancels in one of them is no worse known.
  private func deviation(_ found: [Double], _ wanted: [Double]) -> Double {
    let scale = wanted.map(abs).max() ?? 0
    let worst = zip(found, wanted).map { abs($0 - $1) }.max() ?? 0
    return worst == 0 ? 0 : worst / max(scale, .leastNormalMagnitude)
  }

  @Test(
    SharedData.needs(
      "data/weights/yolov5n.pt", "reference/cui_yolov5n.json", "reference/inputs/bus.npy"))
  func `of a detector is that of the official implementation`() throws {
    let reference = try ReferenceCurve("cui_yolov5n.json")
    // A name with # is that of a module which runs more than once.
    let layers = reference.layers.filter { !$0.name.contains("#") && $0.name != "9.m" }
    let model = try loadModel(path: SharedData.path("data/weights/yolov5n.pt"))
    let engine = try OpenVINOEngine()
    var settings = SplitModel.Settings()
    settings.precision = .f32
    let whole = SplitModel(model: model, split: "4.m", engine: engine, settings: settings)
    let detector = Detector(
      kind: try #require(model.detector), classCount: 80, settings: .importance)
    var found: [[String: ImportanceValue]] = []
    for name in ["000000000009", "bus", "zidane"] {
      let planes = try NumPyArray(path: SharedData.path("reference/inputs/\(name).npy")).planes
      let size = PixelSize(width: planes.shape[3], height: planes.shape[2])
      let input = PreparedInput(
        tensor: planes, letterbox: Letterbox(frame: size, geometry: model.geometry))
      try #require(input.letterbox.input == size)
      let objects = try detector.candidates(
        in: whole.runUnsplit(input), letterbox: input.letterbox, confidence: 0.25
      ).objects(.importance)
      let probe = try ImportanceProbe(model, at: layers.map(\.name), size: size, engine: engine)
      let seed = ImportanceProbe.Seed(classIndex: nil, slopes: objects.flatMap(\.slopes))
      let values = try probe.run(input, seed)
      found.append(
        Dictionary(uniqueKeysWithValues: zip(probe.graph.tensors.map(\.name), values)))
    }
    let graph = try model.graph(model.geometry.largestInput)
    for layer in layers {
      // Several modules may end in the same tensor.
      let tensor = try #require(try Tap(graph, at: [layer.name]).tensors.first?.name)
      let values = try found.map { try #require($0[tensor]) }
      for (found, all) in [
        (values.map { $0.importance(.gradCAM, .code) }, layer.camMean),
        (values.map { $0.importance(.gradCAM, .paper) }, layer.camPaper),
        (values.map { $0.importance(.gradients, .code) }, layer.gradientsRelu),
        (values.map(\.meanGradient), layer.gradientsSigned),
      ] {
        let wanted = [0, 3, 4].map { all.first5[$0] }
        #expect(
          deviation(found, wanted) <= 1e-3, "\(layer.name): \(found), not \(wanted)")
      }
    }
  }

  @Test(
    SharedData.needs(
      "data/weights/efficientnet_lite0.onnx", "data/imagenet-val300/labels.csv",
      "reference/cui_efficientnet_lite0.json"),
    .enabled(if: hasPillow, "needs python3 with pillow"))
  func `of a classifier is that of PyTorch`() throws {
    let reference = try ReferenceCurve("cui_efficientnet_lite0.json")
    var settings = InputSettings()
    settings.range = .byte
    settings.mean = PlaneValues(parsing: "127,127,127")
    settings.deviation = PlaneValues(parsing: "128,128,128")
    settings.resize = 224
    var model = try ImportanceModel(
      loadModel(path: SharedData.path("data/weights/efficientnet_lite0.onnx")), settings,
      splits: reference.layers.map(\.name))
    // Decoders differ by a grey level here and there, and gradients of the first layers by a tenth for it:
    // the reference had Pillow's pixels.
    let folder = try TemporaryFolder()
    let files = (1...5).map {
      SharedData.path("data/imagenet-val300/images/ILSVRC2012_val_0000000\($0).JPEG")
    }
    let decoded = try Program.run(
      "/usr/bin/env",
      [
        "python3", "-c",
        "import sys; from PIL import Image\n"
          + "for n, f in enumerate(sys.argv[2:]): Image.open(f).convert('RGB').save(f'{sys.argv[1]}/{n}.png')",
        folder.file(""),
      ] + files, in: folder.file(""), environment: ProcessInfo.processInfo.environment)
    try #require(decoded.code == 0, "\(decoded.errors)")
    var found: [[ImportanceValue]] = []
    for (number, label) in [472, 963, 928, 673, 909].enumerated() {
      let frame = try readImage(path: folder.file("\(number).png"), number: number)
      let input = try model.preparation.preparer.prepare(frame)
      let seed = ImportanceProbe.Seed(classIndex: label, slopes: [(label, 1)])
      found.append(try model.values(of: input, [seed])[0])
    }
    let deviations = reference.layers.indices.flatMap { index in
      let values = found.map { $0[index] }
      let layer = reference.layers[index]
      return [
        deviation(values.map { $0.importance(.gradCAM, .code) }, layer.camMean.first5),
        deviation(values.map(\.meanGradient), layer.gradientsSigned.first5),
      ]
    }.sorted()
    // Where a value nearly ties with a bound of ReLU6, float32 decides otherwise than float64.
    #expect(deviations[deviations.count / 2] < 1e-5)
    #expect(deviations[deviations.count * 3 / 4] < 1e-3)
    #expect(try #require(deviations.last) < 1e-2)
  }
}
