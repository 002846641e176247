import SplitpipeCore

/// The scale and offset of each channel that a trained `BatchNorm2d` applies.
struct BatchNormalization {
  let scale: [Double]
  let offset: [Double]

  /// scale = γ / √(variance + ε), offset = β − mean · scale (Ioffe and Szegedy 2015, section 3.1).
  ///
  /// - Throws: `.badData` where the statistics are missing or of different lengths.
  init(_ module: TorchModule, _ checkpoint: inout TorchCheckpoint) throws {
    guard let mean = module.parameter("running_mean"),
      let variance = module.parameter("running_var"), let epsilon = module.number("eps")
    else { throw module.failure("has no running statistics") }
    let means = try checkpoint.tensor(mean).values
    let variances = try checkpoint.tensor(variance).values
    let gammas = try module.parameter("weight").map { try checkpoint.tensor($0).values }
    let betas = try module.parameter("bias").map { try checkpoint.tensor($0).values }
    guard variances.count == means.count, gammas?.count ?? means.count == means.count,
      betas?.count ?? means.count == means.count
    else { throw module.failure("has statistics of different lengths") }
    var scale: [Double] = []
    var offset: [Double] = []
    for channel in means.indices {
      let factor =
        Double(gammas?[channel] ?? 1) / (Double(variances[channel]) + epsilon).squareRoot()
      scale.append(factor)
      offset.append(Double(betas?[channel] ?? 0) - Double(means[channel]) * factor)
    }
    self.scale = scale
    self.offset = offset
  }

  /// The same as a convolution of each channel by itself, for a normalization that follows none.
  func convolution(_ module: TorchModule) throws -> Block.Convolution {
    Block.Convolution(
      weight: try Weight(finite: scale, shape: Shape([scale.count, 1, 1, 1]), of: module),
      bias: try Weight(finite: offset, shape: Shape([scale.count]), of: module),
      stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: scale.count)
  }
}

extension Block.Convolution {
  /// Reads a `Conv2d` and folds the normalization that follows it into its weights, in `Double`.
  init(
    _ module: TorchModule, normalization: BatchNormalization?, _ checkpoint: inout TorchCheckpoint
  ) throws {
    guard module.className == "torch.nn.modules.conv.Conv2d" else {
      throw module.failure("is not a Conv2d; this module is not supported")
    }
    guard let value = module.parameter("weight") else { throw module.failure("has no weight") }
    let tensor = try checkpoint.tensor(value)
    guard tensor.shape.rank == 4, tensor.shape.count > 0 else {
      throw module.failure("has a \(tensor.shape) weight, expected four dimensions")
    }
    guard module.text("padding_mode") ?? "zeros" == "zeros" else {
      throw module.failure("pads with other than zeros")
    }
    let channels = tensor.shape[0]
    let groups = try module.integer("groups")
    guard groups > 0, channels.isMultiple(of: groups) else {
      throw module.failure("has \(groups) groups for \(channels) channels")
    }
    let bias = try module.parameter("bias").map { try checkpoint.tensor($0).values }
    guard bias?.count ?? channels == channels,
      normalization?.scale.count ?? channels == channels
    else { throw module.failure("has a bias or normalization of another number of channels") }
    let scale = normalization?.scale ?? [Double](repeating: 1, count: channels)
    let biases = (0..<channels).map {
      Double(bias?[$0] ?? 0) * scale[$0] + (normalization?.offset[$0] ?? 0)
    }
    weight =
      normalization == nil
      ? try Weight(tensor, of: module)
      : try Weight(tensor.scalingOutermost(by: scale), of: module)
    self.bias = try Weight(finite: biases, shape: Shape([channels]), of: module)
    stride = try module.pair("stride", in: 1...64)
    padding = try module.pair("padding", in: 0...1024)
    dilation = try module.pair("dilation", in: 1...64)
    self.groups = groups
  }
}

extension TorchTensor {
  /// Multiplies each slice of the first dimension by its factor.
  fileprivate func scalingOutermost(by scale: [Double]) -> TorchTensor {
    let run = scale.isEmpty ? 0 : shape.count / scale.count
    var result = values
    unsafe result.withUnsafeMutableBufferPointer { result in
      for (channel, factor) in scale.enumerated() {
        for index in channel * run..<(channel + 1) * run {
          unsafe result[index] = Float(Double(result[index]) * factor)
        }
      }
    }
    return TorchTensor(shape: shape, values: result)
  }
}

extension Weight {
  /// A float32 weight of a module.
  ///
  /// - Throws: `.badData` where a value is NaN or infinite.
  init(_ tensor: TorchTensor, of module: TorchModule) throws {
    let isFinite = unsafe tensor.values.withUnsafeBufferPointer { values in
      // x · 0 is 0 for every finite x and NaN for all others.
      unsafe values.reduce(Float(0)) { $0 + $1 * 0 } == 0
    }
    guard isFinite else { throw module.failure("has a weight that is not a finite number") }
    self.init(floats: tensor.values, shape: tensor.shape)
  }

  fileprivate init(finite values: [Double], shape: Shape, of module: TorchModule) throws {
    try self.init(TorchTensor(shape: shape, values: values.map { Float($0) }), of: module)
  }

  /// A float32 constant.
  ///
  /// - Precondition: as many values as the shape has elements.
  init(floats values: [Float], shape: Shape) {
    let bytes = unsafe values.withUnsafeBytes { unsafe [UInt8]($0) }
    self.init(shape: shape, elementType: .float32, bytes: bytes)
  }

  /// A vector of int64, as shapes and split sizes are.
  init(integers values: [Int]) {
    let bytes = unsafe values.map(Int64.init).withUnsafeBytes { unsafe [UInt8]($0) }
    self.init(shape: Shape([values.count]), elementType: .int64, bytes: bytes)
  }
}
