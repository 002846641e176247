import Foundation
import SplitpipeCore
import SplitpipeInference
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel
@testable import SplitpipeTraining

/// Losses and gradients of PyTorch in float64.
private struct Reference: Decodable {
  struct Gradient: Decodable {
    let norm: Double
    let sum: Double
    let first3: [Double]
  }
  struct Run: Decodable {
    /// By step, then by weight.
    let gradients: [String: [String: Gradient]]
    let losses: [Double]
    let featureVariance: Double?
  }
  let vgg: Run
  let bottleneck: Run

  static func read() throws -> Reference {
    let path = SharedData.path("reference/training_steps.json")
    return try JSONDecoder().decode(
      Reference.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }
}

extension Reference.Gradient {
  /// Compares with 1e-4 of the norm; sums cancel, so they have more room.
  fileprivate func expect(_ found: [Float], scale: Double, _ name: String) {
    let values = found.map { Double($0) * scale }
    let foundNorm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(foundNorm - norm) <= 1e-4 * norm + 1e-9, "\(name): norm \(foundNorm), not \(norm)")
    for (value, wanted) in zip(values, first3) {
      #expect(abs(value - wanted) <= 1e-4 * norm + 1e-9, "\(name): \(value), not \(wanted)")
    }
    let room = 1e-4 * norm * Double(values.count).squareRoot() + 1e-9
    let foundSum = values.reduce(0, +)
    #expect(abs(foundSum - sum) <= room, "\(name): sum \(foundSum), not \(sum)")
  }
}

@Suite(OpenVINORuntime.needed)
struct `Training as PyTorch does it` {
  @Test(
    SharedData.needs(
      "reference/training_steps.json", "reference/inputs/000000000009.npy",
      "data/weights/yolov5n.pt"))
  func `a bottleneck under Adam`() throws {
    let reference = try Reference.read().bottleneck
    let variance = try #require(reference.featureVariance)
    let model = try loadModel(path: SharedData.path("data/weights/yolov5n.pt"))
    let side = 320
    let bottleneck = try Bottleneck(
      model.graph(PixelSize(width: side, height: side)), at: "4", seed: 1
    ) { _ in BottleneckShape(kind: .linear, channels: 12, stride: 2) }
    // Names of the reference, of ours, and their seeds and scales.
    let layers: [(String, String, [Int], UInt64, Double)] = [
      ("enc", "encoder/0", [12, 64, 3, 3], 1, 64 * 9),
      ("up", "decoder/0", [12, 64, 4, 4], 2, 12 * 4),
      ("c1", "decoder/2", [64, 64, 3, 3], 3, 64 * 9),
      ("c2", "decoder/4", [64, 64, 3, 3], 4, 64 * 9),
    ]
    var known: [String: Weight] = [:]
    for (_, name, extents, seed, inputs) in layers {
      let shape = Shape(extents)
      let values = (0..<UInt64(shape.count)).map { index -> Float in
        let step = Double((index * 1103 + seed * 7919) % 2003)
        return Float((step / 2003 - 0.5) * 2 * 1.7 / inputs.squareRoot())
      }
      known["bottleneck/\(name)/weight"] = Weight(floats: values, shape: shape)
    }
    var settings = BottleneckTraining.Settings()
    settings.pictures = 3
    // The reference's loss is no share of the variance, and its epsilon is that of Adam.
    var adam = Optimizer.Adam()
    adam.epsilon = Float(Double(adam.epsilon) / variance)
    settings.optimizer = .adam(adam)
    let training = try BottleneckTraining(
      bottleneck, settings, known: known, geometry: model.geometry, detector: model.detector)
    let step = try TrainingStep(training.step, engine: OpenVINOEngine(), name: "the step")
    var pictures: [UInt8] = []
    for name in ["000000000009", "000000000025", "000000000030"] {
      let whole = try NumPyArray(path: SharedData.path("reference/inputs/\(name).npy"))
      let (planes, width) = (whole.planes, whole.shape[1])
      for channel in 0..<3 {
        for row in 0..<side {
          let start = (channel * whole.shape[0] + row) * width
          pictures += planes.values[start..<start + side]
        }
      }
    }
    let data = InferenceInput.bytes(Tensor(shape: Shape([3, 3, side, side]), values: pictures))
    var before: [String: [[Float]]] = [:]
    for (number, wanted) in reference.losses.enumerated() {
      let loss = Double(try step.run([data], step: number + 1, rate: 0.002)[0]) * variance
      // Small differences grow from step to step.
      let room = number < 2 ? 1e-4 : 0.02
      #expect(abs(loss - wanted) < room * wanted, "step \(number): \(loss), not \(wanted)")
      guard let gradients = reference.gradients["\(number)"] else { continue }
      let state = try step.state().tensors
      for (short, name, _, _, _) in layers {
        for (suffix, own) in [("w", "weight"), ("b", "bias")] {
          let tensor = "bottleneck/\(name)/\(own)"
          let mean = try #require(state[tensor])[1]
          let old = before[tensor]?[1] ?? [Float](repeating: 0, count: mean.count)
          // The mean moves by a tenth of the gradient.
          let slopes = zip(mean, old).map { ($0 - 0.9 * $1) * 10 }
          try #require(gradients["\(short).\(suffix)"]).expect(
            slopes, scale: variance, "step \(number), \(tensor)")
        }
      }
      before = state
    }
  }

  @Test(
    SharedData.needs(
      "reference/training_steps.json", "data/weights/vgg16q_notmnist.onnx", "data/notmnist"))
  func `a classifier under gradient descent`() throws {
    let reference = try Reference.read().vgg
    let model = try loadModel(path: SharedData.path("data/weights/vgg16q_notmnist.onnx"))
    let side = 32
    let count = 16
    var graph = try model.graph(PixelSize(width: side, height: side)).batched(count)
    let last = try #require(graph.nodes.last { $0.operation == "Gemm" })
    for name in last.inputs.dropFirst() {
      let weight = try #require(graph.weights[name])
      graph.weights[name] = Weight(
        floats: [Float](repeating: 0, count: weight.shape.count), shape: weight.shape)
    }
    let trained = graph.nodes.filter { ["Conv", "Gemm"].contains($0.operation) }
      .flatMap { $0.inputs.dropFirst() }
    let scores = graph.outputs[0]
    var emitter = OperatorEmitter(graph)
    emitter.editor.inputs.append(
      GraphInput(name: "labels", elementType: .float32, dimensions: [count, 10]))
    let loss = emitter.classCrossEntropy(
      scores: emitter.reshape(scores, to: Shape([count, 10])), "labels", classes: 10)
    emitter.editor.outputs = [loss]
    let step = try TrainingStep(
      TrainingGraph(
        emitter.editor.finish(), loss: loss, parameters: trained.map { ($0, 1) },
        optimizer: .gradientDescent),
      engine: OpenVINOEngine(), name: "the step")
    let (pictures, labels) = try notMNIST(count, side: side)
    var before = try step.state().tensors
    for (number, wanted) in reference.losses.enumerated() {
      let found = Double(
        try step.run([.floats(pictures), .floats(labels)], step: number + 1, rate: 0.02)[0])
      let room = number < 2 ? 1e-4 : 0.02
      #expect(abs(found - wanted) < room * wanted, "step \(number): \(found), not \(wanted)")
      guard let gradients = reference.gradients["\(number)"] else { continue }
      let state = try step.state().tensors
      for (name, gradient) in gradients {
        let (now, old) = (try #require(state[name])[0], try #require(before[name])[0])
        // What a step of 0.02 leaves of a float32 weight's last digits is no gradient.
        let slopes = zip(old, now).map { ($0 - $1) / 0.02 }
        let digits = Double(old.map(abs).max() ?? 0) * 6e-8 / 0.02
        let norm = slopes.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        let room = 1e-4 * gradient.norm + digits * Double(slopes.count).squareRoot()
        #expect(
          abs(norm - gradient.norm) <= room,
          "step \(number), \(name): \(norm), not \(gradient.norm)")
      }
      before = state
    }
  }

  /// Pictures of 28×28 with a frame of black, three equal channels, as ImageNet's networks are fed; and a
  /// row for each with a 1 at its class.
  private func notMNIST(_ count: Int, side: Int) throws -> (Tensor<Float>, Tensor<Float>) {
    func unpacked(_ name: String) throws -> [UInt8] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
      process.arguments = ["-dc", SharedData.path("data/notmnist/\(name)")]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return [UInt8](data)
    }
    let pixels = try unpacked("t10k-images-idx3-ubyte.gz")
    let classes = try unpacked("t10k-labels-idx1-ubyte.gz")
    let (mean, deviation): ([Float], [Float]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    var values: [Float] = []
    for picture in 0..<count {
      for channel in 0..<3 {
        for row in 0..<side {
          for column in 0..<side {
            let inside = (2..<30).contains(row) && (2..<30).contains(column)
            let place = 16 + (picture * 28 + row - 2) * 28 + column - 2
            let value: Float = inside ? Float(pixels[place]) / 255 : 0
            values.append((value - mean[channel]) / deviation[channel])
          }
        }
      }
    }
    var rows = [Float](repeating: 0, count: count * 10)
    for picture in 0..<count { rows[picture * 10 + Int(classes[8 + picture])] = 1 }
    return (
      Tensor(shape: Shape([count, 3, side, side]), values: values),
      Tensor(shape: Shape([count, 10]), values: rows)
    )
  }
}
