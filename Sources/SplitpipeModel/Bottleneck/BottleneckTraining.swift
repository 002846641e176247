package import SplitpipeCore

/// Which weights training may change.
package enum TunedPart: String, Sendable, Hashable, Codable, CaseIterable {
  /// Those of encoders and decoders: the rest of the model stays as it is.
  case bottleneck
  /// Those behind the split, too.
  case tail
  /// All.
  case all
}

/// One stage of a bottleneck's training as a graph.
package struct BottleneckTraining: Sendable {
  /// How it is trained.
  package struct Settings: Sendable, Hashable {
    package var loss = BottleneckLoss.equation3
    package var tuned = TunedPart.bottleneck
    package var optimizer = Optimizer.adam()
    /// Of the rate, for weights that are not the bottleneck's.
    package var tunedRateFactor: Float = 0.1
    /// Pictures a step.
    package var pictures = 1
    /// How much the error of each channel of a tensor that crosses counts, by tensor; alike where a tensor
    /// is not among them.
    package var channelWeights: [String: [Float]] = [:]

    package init() {}
  }

  /// Its first input is pictures as bytes, N×3×H×W; its outputs are `reports`.
  package let step: TrainingGraph
  /// What the outputs are: the whole loss first.
  package let reports: [String]

  /// - Parameters:
  ///   - bottleneck: what is trained.
  ///   - settings: how.
  ///   - known: weights to go on with.
  ///   - geometry: how the network reads pictures.
  ///   - detector: what the network's answers mean; nil for scores of classes.
  /// - Throws: what differentiating throws.
  package init(
    _ bottleneck: Bottleneck, _ settings: Settings, known: [String: Weight],
    geometry: InputGeometry, detector: DetectorKind?
  ) throws {
    var start = bottleneck.graph
    for (name, weight) in known where start.weights[name] != nil { start.weights[name] = weight }
    let batch = try start.batched(settings.pictures)
    let loss = settings.loss
    var emitter = OperatorEmitter(batch)
    let tuned = try bottleneck.tunedWeights(settings.tuned)
    // The teacher is the model as it was.
    let isTeacherWhole = settings.tuned == .all
    var teacher = Teacher(bottleneck.graph, tuned: Set(tuned))
    if loss.needsTail || isTeacherWhole {
      for node in batch.nodes where isTeacherWhole || bottleneck.tailNodes.contains(node.name) {
        if loss.needsTail || !bottleneck.tailNodes.contains(node.name) {
          teacher.copy(node, &emitter.editor)
        }
      }
    }
    var held: Set<String> = []
    var parts: [(name: String, tensor: String)] = []
    var writers: [LayerWriter] = []
    var errors: [String] = []
    var rates: [String] = []
    for (index, coder) in bottleneck.coders.enumerated() {
      let made = bottleneck.add(
        index, pictures: settings.pictures, mode: .training, known: known, &emitter
      ) { latent, shape, emitter in
        guard let bits = loss.bits else { return latent }
        emitter.begin("bottleneck/quantizer")
        let quantized = emitter.quantize(latent, bits: bits)
        held.insert(quantized.noise)
        if loss.rate > 0 {
          rates.append(
            emitter.rate(latent, shape, step: quantized.step, isVideo: loss.isVideo))
        }
        return quantized.tensor
      }
      writers += made.layers
      emitter.begin("bottleneck/loss")
      let weights = settings.channelWeights[coder.crossing.name].map {
        emitter.constant($0, Shape([1, $0.count, 1, 1]))
      }
      errors.append(
        emitter.unexplainedVariance(
          made.tensor, teacher.name(coder.crossing.name), channels: weights))
      emitter.editor.insert(at: coder.crossing.name, readBy: bottleneck.tailNodes) { _ in
        made.tensor
      }
    }
    emitter.begin("bottleneck/loss")
    func mean(_ terms: [String], _ weight: Float) -> String {
      emitter.product(emitter.total(terms), weight / Float(terms.count))
    }
    parts.append(("features", mean(errors, loss.features)))
    if loss.needsTail {
      let deeper = try bottleneck.deeperTensors()
      if loss.deeperFeatures > 0, !deeper.isEmpty {
        let errors = deeper.map { emitter.unexplainedVariance($0, teacher.name($0)) }
        parts.append(("deeper features", mean(errors, loss.deeperFeatures)))
      }
      let answer = try bottleneck.answerError(detector, settings.pictures, teacher, loss, &emitter)
      if let answer { parts.append(("answers", answer)) }
    }
    if !rates.isEmpty { parts.append(("bits", mean(rates, loss.rate))) }
    let total = emitter.total(parts.map(\.tensor))
    emitter.editor.outputs = [total] + (parts.count > 1 ? parts.map(\.tensor) : [])
    reports = ["loss"] + (parts.count > 1 ? parts.map(\.name) : [])
    let followed = writers.flatMap(\.followed)
    var forward = emitter.editor
    forward.outputs += followed.map(\.tensor)
    var withBytes = try prependingByteInput(
      forward.finish(), scale: geometry.byteScale, normalization: geometry.normalization)
    withBytes.outputs.removeLast(followed.count)
    step = try TrainingGraph(
      withBytes, loss: total,
      parameters: writers.flatMap(\.learnt).map { ($0, 1) }
        + tuned.map { ($0, settings.tunedRateFactor) },
      optimizer: settings.optimizer, replacing: followed, holding: held)
  }
}

/// A second copy of parts of a graph, which shows the first what to do.
private struct Teacher {
  private let weights: [String: Weight]
  private let tuned: Set<String>
  /// What tensors of the graph are called in the copy.
  private var names: [String: String] = [:]

  init(_ graph: ModelGraph, tuned: Set<String>) {
    weights = graph.weights
    self.tuned = tuned
  }

  /// A tensor of the copy; that of the graph where it has none.
  func name(_ tensor: String) -> String { names[tensor] ?? tensor }

  /// Copies a node, whose inputs are those of nodes copied before.
  mutating func copy(_ node: Node, _ editor: inout GraphEditor) {
    var node = node
    for index in node.inputs.indices {
      let input = node.inputs[index]
      if tuned.contains(input), names[input] == nil, let weight = weights[input] {
        names[input] = editor.add(weight, named: "teacher/" + input)
      }
      node.inputs[index] = name(input)
    }
    for index in node.outputs.indices where !node.outputs[index].isEmpty {
      let output = node.outputs[index]
      node.outputs[index] = editor.freshName("teacher/" + output)
      names[output] = node.outputs[index]
    }
    node.name = "teacher/" + node.name
    editor.add(node)
  }
}

extension Bottleneck {
  /// Weights of the model that training changes, in the order of the nodes that read them.
  fileprivate func tunedWeights(_ part: TunedPart) throws -> [String] {
    guard part != .bottleneck else { return [] }
    let kernels: Set = ["Conv", "ConvTranspose", "Gemm", "MatMul"]
    let nodes = graph.nodes.filter { node in
      kernels.contains(node.operation) && (part == .all || tailNodes.contains(node.name))
    }
    // What both halves read cannot change in one of them.
    let kept = Set(
      part == .all
        ? [] : graph.nodes.filter { !tailNodes.contains($0.name) }.flatMap(\.inputs))
    return nodes.flatMap {
      $0.inputs.dropFirst() + ($0.operation == "MatMul" ? [$0.inputs[0]] : [])
    }
    .filter { graph.weights[$0]?.elementType == .float32 && !kept.contains($0) }.uniqued()
  }

  /// A few maps behind the split, at even steps of the work: outputs of modules where the model has them.
  fileprivate func deeperTensors() throws -> [String] {
    let shaped = try graph.inferringShapes()
    let modules = Set(graph.aliases.values)
    var work = 0
    var all: [(name: String, work: Int)] = []
    let passed: Set = ["Conv", "Sigmoid", "Clip", "HardSigmoid"]
    for (node, macs) in zip(graph.nodes, shaped.macs) where tailNodes.contains(node.name) {
      work += macs
      guard let tensor = node.outputs.first, let type = shaped.types[tensor],
        type.elementType == .float32, type.shape.rank == 4, type.shape[0] == 1,
        type.shape[2] > 1 || type.shape[3] > 1
      else { continue }
      guard modules.isEmpty ? !passed.contains(node.operation) : modules.contains(tensor) else {
        continue
      }
      all.append((tensor, work))
    }
    let count = 5
    return (1...count).compactMap { place in
      all.first { $0.work * count >= work * place } ?? all.last
    }.map(\.name).uniqued()
  }

  /// How far the answer is from the teacher's; nil where it cannot be told.
  fileprivate func answerError(
    _ detector: DetectorKind?, _ pictures: Int, _ teacher: Teacher, _ loss: BottleneckLoss,
    _ emitter: inout OperatorEmitter
  ) throws -> String? {
    guard let output = graph.outputs.first,
      let single = try graph.inferringShapes().types[output]?.shape, single.rank > 1
    else { return nil }
    let shape = Shape([pictures] + single.dimensions.dropFirst())
    let wanted = teacher.name(output)
    guard let detector else {
      // Scores of classes: those of the teacher, softly.
      let classes = shape.count / pictures
      let rows = Shape([pictures, classes])
      let scores = emitter.reshape(output, to: rows)
      let target = emitter.add(
        "Softmax", [emitter.reshape(wanted, to: rows)], attributes: ["axis": .int(1)])
      return emitter.classCrossEntropy(scores: scores, target, classes: classes)
    }
    let parts = emitter.detectionError(output, wanted, shape, detector, loss)
    return parts.isEmpty ? nil : emitter.total(parts)
  }
}
