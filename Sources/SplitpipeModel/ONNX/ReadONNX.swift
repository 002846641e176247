import SplitpipeCore
import SwiftProtobuf

/// Reads a detector or another picture network from the bytes of an ONNX file (opset 7 to 24).
///
/// - Parameters:
///   - bytes: the file.
///   - name: what errors call it.
///   - folder: where files with weights may lie; nil where there is none.
/// - Returns: the model; its input and its output are float32 whatever it computes in.
/// - Throws: `.badData` where it is no ONNX model, is damaged, keeps its weights elsewhere, or is not
///   one picture of floats in; `.missingInput` where a file with weights is not there.
package func readONNX(bytes: [UInt8], name: String, folder: String? = nil) throws -> Model {
  do {
    let files = ExternalWeights(folder: folder)
    let detector = try ONNXDetector(bytes, files: files)
    let hash = files.hashes.reduce(ContentHash(bytes)) { $0.adding("\($1.value)") }
    return detector.model(name: name, contentHash: hash)
  } catch let error as SplitpipeError {
    throw error.about("cannot read model \"\(name)\"")
  }
}

/// What the file says, and what its shapes tell.
private struct ONNXDetector {
  private var graph: ModelGraph
  private let notes: ExportNotes
  private let classNames: [String]
  private let geometry: InputGeometry
  private let detector: DetectorKind?
  private let headProblem: String?

  init(_ bytes: [UInt8], files: ExternalWeights) throws {
    guard !bytes.isEmpty else { throw SplitpipeError.notONNX("it is empty (0 bytes)") }
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    let message: ONNXModel
    do {
      message = try ONNXModel(serializedBytes: bytes, options: options)
    } catch {
      throw SplitpipeError.notONNX("its \(bytes.count) bytes do not parse (\(error))")
    }
    graph = try ModelGraph(message, files: files).pruned().foldingHalves().takingFloat32()
    notes = try ExportNotes(message.metadataProps)
    let size = try Self.inputSize(of: graph, notes)

    let look = InputGeometry(
      size: size, placement: .centred, channelOrder: .rgb, byteScale: 1
    ).largestInput
    let shaped = try graph.sized(look).inferringShapes()
    let outputs = message.graph.output.compactMap { output in
      (shaped.types[output.name]?.shape ?? output.declaredShape).map {
        OutputHead.Output(name: output.name, shape: $0)
      }
    }
    let head = OutputHead(outputs, of: shaped, input: look, notes: notes)
    // Training outputs beside the decoded boxes are of no use here.
    if let output = head.output { graph.outputs = [output] }
    graph = try graph.pruned().givingFloat32(message, types: shaped.types)
    let isYOLOX = head.detector == .yolox
    var detector = head.detector
    if isYOLOX, let output = graph.outputs.first {
      let steps = graph.operationsAfterLayers(of: output)
      // Exports differ in how far they go: boxes decoded, scores activated, or neither.
      if steps.contains("Exp") { detector = .yolov5 }
      if !steps.contains("Sigmoid") {
        graph = try graph.activatingScores(fields: head.classCount + 5)
      }
    }
    self.detector = detector
    headProblem = head.problem
    classNames = notes.classNames ?? OutputHead.numbered(classes: head.classCount)
    geometry = try InputNotes.geometry(
      notes.entries, else: InputGeometry(of: detector, isYOLOX: isYOLOX, size: size))
  }

  func model(name: String, contentHash: ContentHash) -> Model {
    let graph = graph
    let inputSize = geometry.size
    return Model(
      name: name, family: family, format: "ONNX opset \(graph.opset)", classNames: classNames,
      geometry: geometry, detector: detector, headProblem: headProblem, licence: notes.licence,
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

  private var family: String {
    notes.family ?? detector?.usualFamily(isYOLOX: geometry.channelOrder == .bgr) ?? "ONNX"
  }

  /// - Throws: `badData` unless the graph takes one picture of three channels.
  private static func inputSize(
    of graph: ModelGraph, _ notes: ExportNotes
  ) throws -> InputGeometry.Size {
    guard let input = graph.inputs.first, graph.inputs.count == 1 else {
      let names = graph.inputs.prefix(4).map { "\"\($0.name)\"" }.joined(separator: ", ")
      throw SplitpipeError(
        .badData,
        "the model has \(graph.inputs.count) inputs (\(names)), expected one picture; export it without "
          + "what comes after the boxes, such as their scaling to the picture's size")
    }
    let extents = input.dimensions
    guard input.elementType == .float32 else {
      throw SplitpipeError(
        .badData,
        "the model's input \"\(input.name)\" is \(input.elementType), expected float32 or float16; "
          + "export it without what prepares the picture")
    }
    let shape = extents.map { $0.map(String.init) ?? "?" }.joined(separator: "×")
    if extents.count == 4, let pictures = extents[0], pictures != 1 {
      throw SplitpipeError(
        .badData,
        "the model's input \"\(input.name)\" is \(shape), a batch of \(pictures) pictures, expected one "
          + "picture; export it with a batch of 1, or with an open one")
    }
    if extents.count == 4, extents[3] == 3, extents[1] != 3 {
      throw SplitpipeError(
        .badData,
        "the model's input \"\(input.name)\" is \(shape), with the channels last, expected "
          + "1×3×height×width; convert it to channels first when exporting")
    }
    guard extents.count == 4, extents[1] ?? 3 == 3 else {
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
    case (nil, nil):
      let longest = notes.size.map { max($0.width, $0.height) } ?? 640
      return .rectangular(longest: longest, stride: notes.stride)
    case (let height, let width):
      // One open side: as the model was exported, else the picture is square.
      let side = height ?? width ?? 640
      return .fixed(
        PixelSize(
          width: width ?? notes.size?.width ?? side, height: height ?? notes.size?.height ?? side))
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
