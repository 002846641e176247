import SplitpipeCore

extension GraphBuilder {
  mutating func add(
    _ convolution: ConvolutionLayer, scope: String, _ input: Value, output: String
  ) throws -> Value {
    let shape = convolution.weight.shape
    guard input.channels == shape[1] * convolution.groups else {
      throw SplitpipeError(
        .badData,
        "module \(scope) expects \(shape[1] * convolution.groups) channels, its input has "
          + "\(input.channels)")
    }
    func extent(_ axis: Int, of extent: Int) throws -> Int {
      try windowed(
        extent, kernel: shape[axis + 2], stride: convolution.stride[axis],
        padding: convolution.padding[axis], dilation: convolution.dilation[axis], scope: scope)
    }
    let height = try extent(0, of: input.height)
    let width = try extent(1, of: input.width)
    let weight = constant("\(scope).weight", convolution.weight)
    let bias = constant("\(scope).bias", convolution.bias)
    add(
      "Conv", scope: scope, inputs: [input.name, weight, bias], output: output,
      attributes: [
        "kernel_shape": .ints([Int64(shape[2]), Int64(shape[3])]),
        "strides": .integers(convolution.stride), "dilations": .integers(convolution.dilation),
        "pads": .integers(convolution.padding + convolution.padding),
        "group": .int(Int64(convolution.groups)),
      ])
    let value = Value(name: output, channels: shape[0], height: height, width: width)
    try check(value, scope: scope)
    return value
  }

  mutating func add(
    _ pooling: PoolingLayer, scope: String, label: String, _ input: Value, output: String
  ) throws -> Value {
    guard zip(pooling.padding, pooling.kernel).allSatisfy({ $0 * 2 <= $1 }) else {
      throw SplitpipeError(.badData, "module \(scope) pads more than half its window")
    }
    func extent(_ axis: Int, of extent: Int) throws -> Int {
      try windowed(
        extent, kernel: pooling.kernel[axis], stride: pooling.stride[axis],
        padding: pooling.padding[axis], dilation: pooling.dilation[axis],
        roundsUp: pooling.roundsUp, scope: scope)
    }
    let height = try extent(0, of: input.height)
    let width = try extent(1, of: input.width)
    add(
      "MaxPool", scope: scope, label: label, inputs: [input.name], output: output,
      attributes: [
        "kernel_shape": .integers(pooling.kernel), "strides": .integers(pooling.stride),
        "dilations": .integers(pooling.dilation),
        "pads": .integers(pooling.padding + pooling.padding),
        "ceil_mode": .int(pooling.roundsUp ? 1 : 0),
      ])
    let value = Value(name: output, channels: input.channels, height: height, width: width)
    try check(value, scope: scope)
    return value
  }

  /// Adds an activation; the identity adds nothing and returns its input.
  mutating func add(
    _ activation: Activation, scope: String, _ input: Value, output: String
  ) -> Value {
    var result = input
    switch activation {
    case .identity: break
    case .silu:
      let gate = add("Sigmoid", scope: scope, inputs: [input.name])
      result.name = add("Mul", scope: scope, inputs: [input.name, gate], output: output)
    case .relu: result.name = add("Relu", scope: scope, inputs: [input.name], output: output)
    case .sigmoid:
      result.name = add("Sigmoid", scope: scope, inputs: [input.name], output: output)
    case .leakyReLU(let slope):
      result.name = add(
        "LeakyRelu", scope: scope, inputs: [input.name], output: output,
        attributes: ["alpha": .float(slope)])
    case .hardSwish:
      let gate = add(
        "HardSigmoid", scope: scope, inputs: [input.name],
        attributes: ["alpha": .float(1 / 6), "beta": .float(0.5)])
      result.name = add("Mul", scope: scope, inputs: [input.name, gate], output: output)
    }
    return result
  }

  /// Repeats every pixel `height` times down and `width` times across.
  mutating func upsample(
    _ input: Value, height: Int, width: Int, scope: String, output: String
  ) throws -> Value {
    let scales = constant(
      "\(scope).scales", Weight(floats: [1, 1, Float(height), Float(width)], shape: Shape([4])))
    add(
      "Resize", scope: scope, inputs: [input.name, "", scales], output: output,
      attributes: [
        "mode": .string("nearest"), "coordinate_transformation_mode": .string("asymmetric"),
        "nearest_mode": .string("floor"),
      ])
    let value = Value(
      name: output, channels: input.channels, height: input.height * height,
      width: input.width * width)
    try check(value, scope: scope)
    return value
  }
}
