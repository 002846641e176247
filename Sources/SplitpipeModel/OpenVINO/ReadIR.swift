import SplitpipeCore
import SplitpipeFiles

/// Reads what an OpenVINO network (IR) takes and gives; the runtime makes the network of it.
///
/// Beside the description lie the weights, under its name with `.bin`, and perhaps the `metadata.yaml`
/// of Ultralytics.
///
/// - Parameters:
///   - bytes: the description.
///   - path: the `.xml` file.
/// - Returns: a model that runs whole; asked for its graph it says so.
/// - Throws: `badData` where the description is damaged or the network is not one picture of floats in,
///   `missingInput` where the weights are not there.
func readIR(bytes: [UInt8], path: String) throws(SplitpipeError) -> Model {
  do throws(SplitpipeError) {
    return try IRDetector(bytes, path: path).model
  } catch {
    throw error.about("cannot read model \"\(path)\"")
  }
}

/// What the description says, and what its shapes tell.
private struct IRDetector {
  let model: Model

  init(_ bytes: [UInt8], path: String) throws(SplitpipeError) {
    let description = try IRDescription(bytes)
    let weights = try Self.weights(of: description, beside: path)
    let values = try Self.metadata(beside: path).merging(description.notes) { own, _ in own }
    var notes = try ExportNotes(values)
    if notes.classNames == nil, let labels = values["labels"] {
      // A name has no spaces there.
      notes.classNames = labels.split(separator: " ")
        .map { String($0).replacing("_", with: " ") }
    }
    let size = try Self.inputSize(of: description)
    let outputs = try Self.outputs(of: description)
    let sketch = try description.sketch(
      weights: weights, results: outputs.map { IRDescription.tensor($0.place) })
    let found = outputs.compactMap { output in
      output.port.shape.map {
        OutputHead.Output(name: IRDescription.tensor(output.place), shape: $0)
      }
    }
    let head = OutputHead(found, of: sketch, input: size, notes: notes)
    let chosen = outputs.first { IRDescription.tensor($0.place) == head.output } ?? outputs[0]
    var detector = head.detector
    var problem = head.problem
    let isYOLOX = detector == .yolox
    if isYOLOX, let output = head.output {
      let steps = sketch.graph.operationsAfterLayers(of: output)
      if steps.contains("Exp") { detector = .yolov5 }
      if !steps.contains("Sigmoid") {
        detector = nil
        problem =
          "its scores are without their last sigmoid, which cannot be added to an OpenVINO network; "
          + "give the ONNX file it was made from"
      }
    }
    let numbered = OutputHead.numbered(classes: head.classCount)
    model = Model(
      name: path, family: notes.family ?? detector?.usualFamily(isYOLOX: isYOLOX) ?? "OpenVINO",
      format: "OpenVINO IR", classNames: notes.classNames ?? numbered,
      geometry: InputGeometry(of: detector, isYOLOX: isYOLOX, size: .fixed(size)),
      detector: detector, headProblem: problem, licence: notes.licence,
      contentHash: ContentHash(bytes).adding("\(ContentHash(weights).value)"),
      network: RuntimeNetwork(
        description: bytes, weights: weights,
        outputNames: outputs.count == 1 ? [] : Set(chosen.port.names)),
      graph: { _ in throw SplitpipeError.runsWhole(path) })
  }

  private static func weights(
    of description: IRDescription, beside path: String
  ) throws(SplitpipeError) -> [UInt8] {
    let place = path.lowercased().hasSuffix(".xml") ? String(path.dropLast(4)) : path
    do {
      return try readFile(place + ".bin", limit: ModelLimits.fileBytes)
    } catch {
      let isEmpty = !description.layers.contains { $0.type == "Const" && $0.data["size"] != "0" }
      if error.kind == .missingInput, isEmpty { return [] }
      throw SplitpipeError(
        error.kind,
        "its weights lie in another file: \(error.message); it belongs beside the .xml, under the same "
          + "name")
    }
  }

  /// What Ultralytics notes beside its exports; empty where there is nothing.
  private static func metadata(beside path: String) throws(SplitpipeError) -> [String: String] {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    do {
      return ExportMetadata.values(
        of: String(
          decoding: try readFile(folder + "metadata.yaml", limit: 1 << 20), as: UTF8.self))
    } catch {
      if error.kind == .missingInput { return [:] }
      throw error
    }
  }

  private static func inputSize(of description: IRDescription) throws(SplitpipeError) -> PixelSize {
    let inputs = description.layers.filter { $0.type == "Parameter" }
    guard inputs.count == 1, let input = inputs.first, let port = input.outputs.first else {
      throw SplitpipeError(
        .badData, "the network has \(inputs.count) inputs, expected one, the picture")
    }
    let extents = port.dimensions
    let shape = extents.map { $0 < 0 ? "?" : String($0) }.joined(separator: "×")
    guard extents.count == 4, extents[0] == 1, extents[1] == 3,
      extents[2...].allSatisfy({ (1...ModelLimits.inputSide).contains($0) })
    else {
      throw SplitpipeError(
        .badData,
        "the network's input \"\(input.name)\" is \(shape), expected one picture of three channels "
          + "and a fixed size (1×3×height×width); export it so")
    }
    guard port.precision == "FP32" else {
      throw SplitpipeError(
        .badData,
        "the network's input \"\(input.name)\" is \(port.precision), expected FP32; export it without "
          + "what prepares the picture")
    }
    return PixelSize(width: extents[3], height: extents[2])
  }

  /// What the network gives, in its order.
  private static func outputs(
    of description: IRDescription
  ) throws(SplitpipeError) -> [(place: IRDescription.Place, port: IRDescription.Port)] {
    var ports: [IRDescription.Place: IRDescription.Port] = [:]
    for layer in description.layers {
      for port in layer.outputs {
        ports[IRDescription.Place(layer: layer.id, port: port.id)] = port
      }
    }
    var outputs: [(place: IRDescription.Place, port: IRDescription.Port)] = []
    for layer in description.layers where layer.type == "Result" {
      let end = layer.inputs.first.map { IRDescription.Place(layer: layer.id, port: $0.id) }
      guard let place = end.flatMap({ description.sources[$0] }), let port = ports[place] else {
        throw SplitpipeError(
          .badData, "nothing makes the network's output \"\(layer.name)\"; export it again")
      }
      outputs.append((place, port))
    }
    guard !outputs.isEmpty else {
      throw SplitpipeError(.badData, "the network has no output; export it again")
    }
    return outputs
  }
}

extension SplitpipeError {
  fileprivate static func runsWhole(_ path: String) -> SplitpipeError {
    SplitpipeError(
      .usage,
      "the model \"\(path)\" is an OpenVINO network (IR), which can only be run whole, by `splitpipe "
        + "run` without a split; cuts are made in ONNX graphs: give the ONNX file it was made from")
  }
}
