import SplitpipeCore

extension UltralyticsNetworkReader {
  /// Reads `Detect` or `v10Detect`.
  ///
  /// Where it has one-to-one branches and is not told to do without, those are taken and the others
  /// are left alone, as `Detect.forward` does outside of training.
  ///
  /// - Throws: `.badData` where its parts do not go together.
  mutating func head(
    _ module: TorchModule, network: TorchModule, position: Int
  ) throws -> UltralyticsNetwork.Head {
    let classes = try module.integer("nc")
    let bins = try module.integer("reg_max")
    guard (1...100_000).contains(classes), (1...1024).contains(bins) else {
      throw module.failure("has \(classes) classes and \(bins) bins for each distance")
    }
    let isEndToEnd =
      try module.boolean("_end2end") ?? true && module.child("one2one_cv2") != nil
    let prefix = isEndToEnd ? "one2one_" : ""
    let branches = (boxes: "\(prefix)cv2", scores: "\(prefix)cv3")
    let sources = try module.sources(position: position)
    let strides = try module.strides(network: network, &blocks.checkpoint)
    let boxes = try blocks.list(try module.required(branches.boxes), depth: 1)
    let scores = try blocks.list(try module.required(branches.scores), depth: 1)
    let count = sources.count
    guard boxes.count == count, scores.count == count, strides.count == count else {
      throw module.failure(
        "has \(count) inputs, \(boxes.count) and \(scores.count) branches and \(strides.count) "
          + "strides; expected as many of each")
    }
    for (index, branch) in zip(boxes, scores).enumerated() {
      guard branch.0.name == String(index), branch.1.name == String(index) else {
        throw module.failure("has a branch \(branch.0.name) at position \(index)")
      }
    }
    return UltralyticsNetwork.Head(
      sources: sources,
      levels: (0..<count).map {
        UltralyticsNetwork.Level(
          boxes: boxes[$0].block, scores: scores[$0].block, stride: strides[$0])
      },
      classes: classes, distances: try distances(module, bins: bins), branches: branches,
      chosen: isEndToEnd ? try chosen(module) : nil)
  }

  /// The values of the bins; nil where there is one, which is the distance.
  private mutating func distances(
    _ module: TorchModule, bins: Int
  ) throws -> ConvolutionLayer? {
    guard bins > 1 else { return nil }
    let dfl = try module.required("dfl")
    guard dfl.shortName == "DFL" else { throw dfl.unsupported }
    let convolution = try ConvolutionLayer(
      try dfl.required("conv"), normalization: nil, &blocks.checkpoint)
    guard convolution.weight.shape.dimensions == [1, bins, 1, 1], convolution.stride == [1, 1],
      convolution.padding == [0, 0]
    else {
      throw dfl.failure("has a \(convolution.weight.shape) weight, expected 1×\(bins)×1×1")
    }
    return convolution
  }

  /// `max_det`, which is 300 unless it was changed.
  private func chosen(_ module: TorchModule) throws -> Int {
    guard module.attribute("max_det") != nil else { return 300 }
    let count = try module.integer("max_det")
    guard (1...100_000).contains(count) else { throw module.failure("gives \(count) boxes") }
    return count
  }
}
