import SplitpipeCore

/// Reads the layers, the decoding of boxes and the class names of a checkpoint's network.
struct YOLOv5NetworkReader {
  private var blocks: BlockReader
  private let limits: CheckpointLimits

  init(_ checkpoint: TorchCheckpoint, limits: CheckpointLimits) {
    blocks = BlockReader(checkpoint, limits: limits)
    self.limits = limits
  }

  /// Reads the pickled `DetectionModel` (`Model` before v6.2).
  ///
  /// - Throws: `.badData` where it is another kind of network, or one that is not supported.
  mutating func network(_ module: TorchModule) throws -> YOLOv5Network {
    let list = try module.networkLayers()
    let last = list[list.count - 1]
    try refuseOtherTasks(module, last: last)
    let layers = try blocks.layers(list.dropLast())
    let detect = try detect(last, network: module, position: layers.count)
    let largest = detect.levels.map(\.stride).max() ?? 32
    return YOLOv5Network(
      name: name(module, largestStride: largest), layers: layers, detect: detect,
      classNames: try module.classNames(count: detect.classes),
      inputSide: largest >= 64 ? 1280 : 640)
  }

  private func refuseOtherTasks(_ module: TorchModule, last: TorchModule) throws {
    let task: String
    switch (module.shortName, last.shortName) {
    case ("SegmentationModel", _), (_, "Segment"): task = "segmentation"
    case ("ClassificationModel", _), (_, "Classify"): task = "classification"
    case (_, "Detect"): return
    default:
      throw last.failure("is the last layer, expected Detect: not a YOLOv5 detection network")
    }
    throw SplitpipeError(
      .badData,
      "a \(task) checkpoint (\(module.className), last layer \(last.shortName)), expected a "
        + "detection one: only boxes are supported")
  }

  private mutating func detect(
    _ module: TorchModule, network: TorchModule, position: Int
  ) throws -> YOLOv5Network.Detect {
    let classes = try module.integer("nc")
    let anchors = try module.integer("na")
    guard (1...100_000).contains(classes), (1...64).contains(anchors) else {
      throw module.failure("has \(classes) classes and \(anchors) anchors")
    }
    let sources = try module.sources(position: position)
    let convolutions = try module.required("m").children().map(\.module)
    let strides = try module.strides(network: network, &blocks.checkpoint)
    guard let value = module.parameter("anchors") else { throw module.failure("has no anchors") }
    let sizes = try blocks.checkpoint.tensor(value)
    let levels = sources.count
    guard convolutions.count == levels, strides.count == levels,
      sizes.shape.dimensions == [levels, anchors, 2], sizes.values.allSatisfy(\.isFinite)
    else {
      throw module.failure(
        "has \(levels) inputs, \(convolutions.count) convolutions, \(strides.count) strides and "
          + "\(sizes.shape) anchors; expected as many of each")
    }
    var result = YOLOv5Network.Detect(
      sources: sources, levels: [], anchors: anchors, classes: classes)
    for (level, convolution) in convolutions.enumerated() {
      // The file holds anchors in cells of their level.
      let cells = sizes.values[level * anchors * 2..<(level + 1) * anchors * 2]
      let weights = try ConvolutionLayer(
        convolution, normalization: nil, &blocks.checkpoint)
      guard weights.weight.shape[0] == anchors * result.outputs else {
        throw convolution.failure(
          "has \(weights.weight.shape[0]) outputs, expected \(anchors * result.outputs)")
      }
      result.levels.append(
        .init(
          convolution: weights, stride: strides[level],
          anchorSizes: cells.map { $0 * Float(strides[level]) }))
    }
    return result
  }

  /// Told by the depth and width multiples of the official configurations.
  private func name(_ module: TorchModule, largestStride: Int) -> String {
    func multiple(_ key: String) -> Double? {
      switch module.configuration(key) {
      case .real(let value)?: value
      case .integer(let value)?: Double(value)
      default: nil
      }
    }
    let sizes: [(letter: String, depth: Double, width: Double)] = [
      ("n", 0.33, 0.25), ("s", 0.33, 0.5), ("m", 0.67, 0.75), ("l", 1, 1), ("x", 1.33, 1.25),
    ]
    let size = sizes.first {
      $0.depth == multiple("depth_multiple") && $0.width == multiple("width_multiple")
    }
    guard let size else { return "YOLOv5" }
    return "YOLOv5\(size.letter)" + (largestStride >= 64 ? "6" : "")
  }
}
