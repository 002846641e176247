import Glibc
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
    let list = try list(of: module)
    guard let last = list.last else { throw module.failure("has no layers") }
    try refuseOtherTasks(module, last: last)
    var layers: [YOLOv5Network.Layer] = []
    for (position, layer) in list.dropLast().enumerated() {
      layers.append(
        .init(
          sources: try sources(of: layer, position: position), block: try blocks.block(layer)))
    }
    let detect = try detect(last, network: module, position: layers.count)
    let largest = detect.levels.map(\.stride).max() ?? 32
    return YOLOv5Network(
      name: name(module, largestStride: largest), layers: layers, detect: detect,
      classNames: try classNames(module, count: detect.classes),
      inputSide: largest >= 64 ? 1280 : 640)
  }

  private func list(of module: TorchModule) throws -> [TorchModule] {
    guard let model = try module.child("model") else {
      throw module.failure("has no list of layers named model")
    }
    // Paths leave out the leading "model.".
    return try model.children().enumerated().map { position, child in
      guard child.name == String(position) else {
        throw module.failure("has layer \(child.name) at position \(position)")
      }
      return TorchModule(child.module, path: child.name)
    }
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

  /// The absolute positions of what a layer reads, from its attribute `f`.
  private func sources(of layer: TorchModule, position: Int) throws -> [Int] {
    let from: [Int]
    switch layer.attribute("f") {
    case .integer(let source)?: from = [source]
    case .some(let value): from = layer.document.integers(value) ?? []
    case nil: from = []
    }
    guard !from.isEmpty, from.count <= 64 else {
      throw layer.failure("does not say which layers it reads")
    }
    return try from.map { source in
      let absolute = source < 0 && source >= -position - 1 ? position + source : source
      guard absolute < position, absolute >= (position == 0 ? -1 : 0) else {
        throw layer.failure("reads layer \(source), which is not before it")
      }
      return absolute
    }
  }

  private mutating func detect(
    _ module: TorchModule, network: TorchModule, position: Int
  ) throws -> YOLOv5Network.Detect {
    let classes = try module.integer("nc")
    let anchors = try module.integer("na")
    guard (1...100_000).contains(classes), (1...64).contains(anchors) else {
      throw module.failure("has \(classes) classes and \(anchors) anchors")
    }
    let sources = try sources(of: module, position: position)
    let convolutions = try module.required("m").children().map(\.module)
    let strides = try strides(module, network: network)
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

  private mutating func strides(_ module: TorchModule, network: TorchModule) throws -> [Int] {
    guard let value = module.attribute("stride") ?? network.attribute("stride") else {
      throw module.failure("has no strides")
    }
    return try blocks.checkpoint.tensor(value).values.map { stride in
      guard stride >= 1, stride <= 1024, stride == stride.rounded() else {
        throw module.failure("has a stride of \(stride), expected a whole number up to 1024")
      }
      return Int(stride)
    }
  }

  private func classNames(_ module: TorchModule, count: Int) throws -> [String] {
    guard let value = module.attribute("names") else { return (0..<count).map(String.init) }
    var names: [String?] = []
    if let items = module.document.items(value) {
      names = items.map { if case .text(let name) = $0 { name } else { nil } }
    } else {
      names = [String?](repeating: nil, count: count)
      for pair in module.document.pairs(value) ?? [] {
        guard case .integer(let index) = pair.key, names.indices.contains(index),
          case .text(let name) = pair.value
        else { throw module.failure("has a class name outside its \(count) classes") }
        names[index] = name
      }
    }
    let complete = names.compactMap(\.self)
    guard complete.count == count, names.count == count else {
      throw module.failure("has \(complete.count) class names for \(count) classes")
    }
    return complete
  }

  /// Told by the depth and width multiples of the official configurations.
  private func name(_ module: TorchModule, largestStride: Int) -> String {
    func multiple(_ key: String) -> Double? {
      switch module.attribute("yaml").flatMap({ module.document.entry(key, of: $0) }) {
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
