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
  func convolution(_ module: TorchModule) throws -> ConvolutionLayer {
    ConvolutionLayer(
      weight: try Weight(finite: scale, shape: Shape([scale.count, 1, 1, 1]), of: module),
      bias: try Weight(finite: offset, shape: Shape([scale.count]), of: module),
      stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: scale.count)
  }
}
