import SplitpipeCore

/// A 2-D convolution of zero-padded input with bias; weights out×(in/groups)×height×width.
struct ConvolutionLayer: Sendable {
  var weight: Weight
  var bias: Weight
  var stride: [Int]
  var padding: [Int]
  var dilation: [Int]
  var groups: Int
}

extension ConvolutionLayer {
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
