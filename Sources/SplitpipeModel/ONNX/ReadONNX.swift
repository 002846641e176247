import SplitpipeCore
import SwiftProtobuf

/// Reads a detector or another picture network from the bytes of an ONNX file (opset 9 to 21).
///
/// `name` is what errors call it.
///
/// - Throws: `.badData` where it is no ONNX model, is damaged, keeps its weights elsewhere, or is not
///   one float32 picture in.
package func readONNX(bytes: [UInt8], name: String) throws -> Model {
  do {
    return try ONNXDetector(bytes).model(name: name, contentHash: ContentHash(bytes))
  } catch let error as SplitpipeError {
    throw error.about("cannot read model \"\(name)\"")
  }
}

/// What the file says, and what its shapes tell.
private struct ONNXDetector {
  private var graph: ModelGraph
  private let metadata: [String: String]
  private let classNames: [String]
  private let geometry: InputGeometry
  private let detector: DetectorKind?

  init(_ bytes: [UInt8]) throws {
    guard !bytes.isEmpty else { throw SplitpipeError.notONNX("it is empty (0 bytes)") }
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    let message: ONNXModel
    do {
      message = try ONNXModel(serializedBytes: bytes, options: options)
    } catch {
      throw SplitpipeError.notONNX("its \(bytes.count) bytes do not parse (\(error))")
    }
    graph = try ModelGraph(message).pruned()
    metadata = Dictionary(message.metadataProps.map { ($0.key, $0.value) }) { first, _ in first }
    let stated = try metadata["names"].flatMap(SplitpipeModel.classNames(inMetadata:))
    let size = try Self.inputSize(of: graph, stride: Self.stride(metadata["stride"]))

    let probe = size.probe
    let types = try graph.sized(probe).inferringShapes().types
    var detector: DetectorKind?
    var classes = 0
    for output in message.graph.output where detector == nil {
      guard let shape = types[output.name]?.shape ?? output.declaredShape else { continue }
      detector = classifyDetector(output: shape, input: probe, classCount: stated?.count)
      if let detector {
        classes = detector.classCount(output: shape) ?? 0
        // Training outputs beside the decoded boxes are of no use here.
        graph.outputs = [output.name]
      }
    }
    graph = graph.pruned()
    let isYOLOX = detector == .yolox
    if isYOLOX, let output = graph.outputs.first {
      let steps = graph.operationsAfterLayers(of: output)
      // Exports differ in how far they go: boxes decoded, scores activated, or neither.
      if steps.contains("Exp") { detector = .yolov5 }
      if !steps.contains("Sigmoid") { graph = try graph.activatingScores(fields: classes + 5) }
    }
    self.detector = detector
    let numbered = classes == 80 ? cocoClassNames : (0..<classes).map { "class \($0)" }
    classNames = stated ?? numbered
    geometry = InputGeometry(
      size: size, placement: isYOLOX ? .topLeft : .centred,
      channelOrder: isYOLOX ? .bgr : .rgb, byteScale: isYOLOX ? 1 : 1 / 255)
  }

  func model(name: String, contentHash: ContentHash) -> Model {
    let graph = graph
    let inputSize = geometry.size
    return Model(
      name: name, family: family, format: "ONNX opset \(graph.opset)", classNames: classNames,
      geometry: geometry, detector: detector, licence: metadata["license"],
      contentHash: contentHash,
      graph: { size in
        do {
          try inputSize.check(size)
          return try graph.sized(size)
        } catch let error as SplitpipeError {
          throw error.about("model \"\(name)\" at \(size)")
        }
      })
  }

  /// Ultralytics describes its exports as `Ultralytics YOLOv8n model trained on …`.
  private var family: String {
    if let word = metadata["description"]?.split(separator: " ").first(where: {
      $0.hasPrefix("YOLO")
    }) {
      return String(word)
    }
    return switch detector {
    case .yolov5: geometry.channelOrder == .bgr ? "YOLOX" : "YOLOv5"
    case .yolox: "YOLOX"
    case .yolov8: "YOLOv8/11"
    case .endToEnd, nil: "ONNX"
    }
  }

  /// The number, or the largest of a list.
  private static func stride(_ text: String?) -> Int {
    let numbers = (text ?? "").split { !$0.isNumber }.compactMap { Int($0) }
    guard let stride = numbers.max(), (1...1024).contains(stride) else { return 32 }
    return stride
  }

  /// - Throws: `badData` unless the graph takes one float32 picture of three channels.
  private static func inputSize(of graph: ModelGraph, stride: Int) throws -> InputGeometry.Size {
    guard let input = graph.inputs.first, graph.inputs.count == 1 else {
      throw SplitpipeError(
        .badData, "the model has \(graph.inputs.count) inputs, expected one picture")
    }
    let extents = input.dimensions
    guard input.elementType == .float32 else {
      throw SplitpipeError(
        .badData,
        "the model's input \"\(input.name)\" is \(input.elementType), expected float32; export it "
          + "in full precision")
    }
    let shape = extents.map { $0.map(String.init) ?? "?" }.joined(separator: "×")
    guard extents.count == 4, extents[0] ?? 1 == 1, extents[1] ?? 3 == 3 else {
      throw SplitpipeError(
        .badData,
        "the model's input \"\(input.name)\" is \(shape), expected one picture of three channels "
          + "(1×3×height×width)")
    }
    for side in extents[2...] where (side ?? 1) > ModelLimits.inputSide {
      throw SplitpipeError(
        .badData,
        "the model's input \"\(input.name)\" is \(shape), more than "
          + "\(ModelLimits.inputSide) pixels a side")
    }
    switch (extents[2], extents[3]) {
    case (nil, nil): return .rectangular(longest: 640, stride: stride)
    case (let height, let width):
      // One open side: the picture is square.
      let side = height ?? width ?? 640
      return .fixed(PixelSize(width: width ?? side, height: height ?? side))
    }
  }
}

extension InputGeometry.Size {
  /// - Throws: `usage` for sides the model does not take.
  fileprivate func check(_ size: PixelSize) throws {
    guard case .rectangular(_, let stride) = self else { return }
    for side in [size.width, size.height] {
      guard side > 0, side <= ModelLimits.inputSide, side.isMultiple(of: stride) else {
        throw SplitpipeError(
          .usage,
          "it takes sides that are multiples of \(stride) up to \(ModelLimits.inputSide)")
      }
    }
  }

  /// A size to look at shapes with.
  fileprivate var probe: PixelSize {
    switch self {
    case .fixed(let size): return size
    case .rectangular(let longest, let stride):
      let side = (longest + stride - 1) / stride * stride
      return PixelSize(width: side, height: side)
    }
  }
}

extension ONNXValueInfo {
  /// The shape the file states, where all of it is fixed.
  fileprivate var declaredShape: Shape? {
    let extents = type.tensorType.shape.dim.compactMap { dimension -> Int? in
      guard case .dimValue(let extent) = dimension.value else { return nil }
      return Int(extent)
    }
    guard extents.count == type.tensorType.shape.dim.count else { return nil }
    return Shape(limited: extents)
  }
}
