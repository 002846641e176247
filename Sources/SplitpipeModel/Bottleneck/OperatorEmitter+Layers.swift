import SplitpipeCore

/// Whether batch normalization goes by the batch or by what it has seen.
enum NormalizationMode: Sendable {
  case training, inference
}

/// Layers of one half of a bottleneck as they are added to a graph.
struct LayerWriter {
  /// Their weights' names begin with this.
  let prefix: String
  let mode: NormalizationMode
  /// Weights of an earlier training; what is missing begins anew.
  let known: [String: Weight]
  var dice: SplitMix64
  /// Weights that are learnt.
  private(set) var learnt: [String] = []
  /// Weights that follow what is seen, with the tensors that they become.
  private(set) var followed: [(name: String, tensor: String)] = []
  /// All of them.
  private(set) var weights: [String] = []

  private static let normalizationEpsilon: Float = 1e-5
  /// Of what was seen before, for one step.
  private static let momentum: Float = 0.1

  init(prefix: String, mode: NormalizationMode, known: [String: Weight], dice: SplitMix64) {
    self.prefix = prefix
    self.mode = mode
    self.known = known
    self.dice = dice
  }

  /// Adds layers behind a tensor.
  ///
  /// - Parameters:
  ///   - layers: from the first to the last.
  ///   - tensor: what the first reads.
  ///   - shape: its shape.
  ///   - emitter: adds them.
  /// - Returns: what the last makes, with its shape.
  mutating func add(
    _ layers: [BottleneckLayer], behind tensor: String, _ shape: Shape,
    _ emitter: inout OperatorEmitter
  ) -> (tensor: String, shape: Shape) {
    var (tensor, shape) = (tensor, shape)
    for (place, layer) in layers.enumerated() {
      emitter.begin("\(prefix)/\(place)")
      switch layer {
      case .convolution(let from, let to, let side, let stride):
        tensor = emitter.add(
          "Conv",
          [tensor]
            + kernel([to, from, side, side], bias: to, inputs: from * side * side, place, &emitter),
          attributes: [
            "kernel_shape": .integers([side, side]), "strides": .integers([stride, stride]),
            "pads": .integers([Int](repeating: side / 2, count: 4)),
          ])
        shape = Shape([
          shape[0], to, (shape[2] + stride - 1) / stride, (shape[3] + stride - 1) / stride,
        ])
      case .transposed(let from, let to, let side, let stride):
        // Of an even side the padding on both sides is alike; an odd one is short of one place.
        let padding = (side - stride + 1) / 2
        let rest = stride - side + 2 * padding
        let fed = max(1, from * side * side / (stride * stride))
        tensor = emitter.add(
          "ConvTranspose",
          [tensor] + kernel([from, to, side, side], bias: to, inputs: fed, place, &emitter),
          attributes: [
            "kernel_shape": .integers([side, side]), "strides": .integers([stride, stride]),
            "pads": .integers([Int](repeating: padding, count: 4)),
            "output_padding": .integers([rest, rest]),
          ])
        shape = Shape([shape[0], to, shape[2] * stride, shape[3] * stride])
      case .normalization(let count):
        tensor = normalize(tensor, count, place, &emitter)
      case .rectifier: tensor = emitter.add("Relu", [tensor])
      case .sigmoidUnit: tensor = emitter.product(tensor, emitter.add("Sigmoid", [tensor]))
      }
    }
    return (tensor, shape)
  }

  /// Weights drawn evenly from ±1.7/√inputs, which lets activations keep their spread, and biases of 0.
  private mutating func kernel(
    _ extents: [Int], bias: Int, inputs: Int, _ place: Int, _ emitter: inout OperatorEmitter
  ) -> [String] {
    let shape = Shape(extents)
    let bound = 1.7 / Float(inputs).squareRoot()
    let drawn = (0..<shape.count).map { _ in Float.random(in: -bound...bound, using: &dice) }
    return [
      weight("\(place)/weight", Weight(floats: drawn, shape: shape), isLearnt: true, &emitter),
      weight("\(place)/bias", constants(0, bias), isLearnt: true, &emitter),
    ]
  }

  private func constants(_ value: Float, _ count: Int) -> Weight {
    Weight(floats: [Float](repeating: value, count: count), shape: Shape([count]))
  }

  private mutating func weight(
    _ name: String, _ initial: Weight, isLearnt: Bool, _ emitter: inout OperatorEmitter
  ) -> String {
    let wanted = "\(prefix)/\(name)"
    let name = emitter.editor.add(known[wanted] ?? initial, named: wanted)
    weights.append(name)
    if isLearnt { learnt.append(name) }
    return name
  }

  private mutating func normalize(
    _ tensor: String, _ count: Int, _ place: Int, _ emitter: inout OperatorEmitter
  ) -> String {
    let scale = weight("\(place)/scale", constants(1, count), isLearnt: true, &emitter)
    let shift = weight("\(place)/shift", constants(0, count), isLearnt: true, &emitter)
    let mean = weight("\(place)/mean", constants(0, count), isLearnt: false, &emitter)
    let variance = weight("\(place)/variance", constants(1, count), isLearnt: false, &emitter)
    guard mode == .training else {
      return emitter.add(
        "BatchNormalization", [tensor, scale, shift, mean, variance],
        attributes: ["epsilon": .float(Self.normalizationEpsilon)])
    }
    let others = [0, 2, 3]
    func plane(_ vector: String) -> String {
      emitter.reshape(vector, to: Shape([1, count, 1, 1]))
    }
    let batchMean = emitter.reduce("Mean", tensor, along: others)
    let centred = emitter.add("Sub", [tensor, batchMean])
    let batchVariance = emitter.reduce("Mean", emitter.product(centred, centred), along: others)
    let deviation = emitter.add(
      "Sqrt", [emitter.add("Add", [batchVariance, emitter.constant(Self.normalizationEpsilon)])])
    for (name, seen) in [(mean, batchMean), (variance, batchVariance)] {
      let vector = emitter.reshape(seen, to: Shape([count]))
      let next = emitter.add(
        "Add",
        [
          emitter.product(name, 1 - Self.momentum), emitter.product(vector, Self.momentum),
        ])
      followed.append((name, next))
    }
    let even = emitter.add("Div", [centred, deviation])
    return emitter.add("Add", [emitter.product(even, plane(scale)), plane(shift)])
  }
}
