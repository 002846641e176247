import SplitpipeCore

/// Reads the layers, the class names and the input size of a checkpoint's network.
struct UltralyticsNetworkReader {
  var blocks: BlockReader
  private let limits: CheckpointLimits

  init(_ checkpoint: TorchCheckpoint, limits: CheckpointLimits) {
    blocks = BlockReader(checkpoint, limits: limits)
    self.limits = limits
  }

  /// Reads the pickled `DetectionModel`.
  ///
  /// - Throws: `.badData` where it is another kind of network, or one that is not supported.
  mutating func network(_ module: TorchModule) throws -> UltralyticsNetwork {
    let list = try module.networkLayers()
    let last = list[list.count - 1]
    try refuseOtherTasks(module, last: last)
    let layers = try blocks.layers(list.dropLast())
    let head = try head(last, network: module, position: layers.count)
    return UltralyticsNetwork(
      name: name(module, layers: list, head: head), layers: layers, head: head,
      classNames: try module.classNames(count: head.classes),
      inputSide: try inputSide(module))
  }

  private func refuseOtherTasks(_ module: TorchModule, last: TorchModule) throws {
    let task: String
    switch last.shortName {
    case "Detect", "v10Detect": return
    case "Segment", "Segment26": task = "a segmentation"
    case "SemanticSegment": task = "a semantic segmentation"
    case "Pose", "Pose26": task = "a pose"
    case "OBB", "OBB26": task = "an oriented-box"
    case "Classify": task = "a classification"
    case "RTDETRDecoder": task = "an RT-DETR"
    case "WorldDetect", "YOLOEDetect", "YOLOESegment", "YOLOESegment26", "LRPCHead":
      task = "an open-vocabulary"
    default:
      throw last.failure(
        "is the last layer, expected Detect or v10Detect: not a detection network that splitpipe "
          + "reads; export it to ONNX instead")
    }
    throw SplitpipeError(
      .badData,
      "\(task) checkpoint (\(module.className), last layer \(last.shortName)), expected a "
        + "detection one of YOLOv8, YOLO11, YOLO26, YOLOv10 or YOLOv5u")
  }

  /// `imgsz` of the settings of the training, as the official `predict` takes it; 640 where the file
  /// notes none.
  private func inputSide(_ module: TorchModule) throws -> Int {
    let document = module.document
    let settings = [document.entry("train_args", of: document.root), module.attribute("args")]
      .compactMap(\.self)
      // A dictionary, or an object with attributes.
      .map { document.record($0)?.state ?? $0 }
    let stated = settings.lazy.compactMap { document.entry("imgsz", of: $0) }.first {
      $0 != .none
    }
    guard let stated else { return 640 }
    let sides: [Int]
    if case .integer(let side) = stated {
      sides = [side]
    } else {
      sides = document.integers(stated) ?? []
    }
    guard let longest = sides.max(), sides.allSatisfy({ $0 > 0 }), longest <= limits.inputSide
    else {
      throw SplitpipeError(
        .badData,
        "the settings of the training give imgsz as \(stated.kind), expected pixels from 1 to "
          + "\(limits.inputSide)")
    }
    return longest
  }

  /// Told by the modules; the letter of the size is that of the configuration.
  private func name(
    _ module: TorchModule, layers: [TorchModule], head: UltralyticsNetwork.Head
  ) -> String {
    let kinds = Set(layers.map(\.shortName))
    var letter = ""
    if case .text(let text)? = module.configuration("scale"), text.utf8.count == 1,
      text.allSatisfy({ $0.isASCII && $0.isLowercase })
    {
      letter = text
    }
    if kinds.contains("v10Detect") { return "YOLOv10\(letter)" }
    if kinds.contains("C3k2") {
      return (head.distances == nil ? "YOLO26" : "YOLO11") + letter
    }
    if kinds.contains("C2f") { return "YOLOv8\(letter)" }
    return kinds.contains("C3") ? "YOLOv5\(letter)u" : "Ultralytics"
  }
}
