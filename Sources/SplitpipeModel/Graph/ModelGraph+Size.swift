import SplitpipeCore

extension ModelGraph {
  /// The graph for pictures of one size: input 1×3×H×W, shape arithmetic carried out and replaced
  /// by constants, module outputs noted as aliases.
  ///
  /// - Throws: `usage` where the model is made for another size; `badData` where its shapes
  ///   contradict each other at this size.
  func sized(_ size: PixelSize) throws -> ModelGraph {
    guard let input = inputs.first, inputs.count == 1 else {
      throw SplitpipeError(.badData, "the graph has \(inputs.count) inputs, expected one picture")
    }
    let wanted = [1, 3, size.height, size.width]
    let fits = zip(input.dimensions, wanted).allSatisfy { $0 == nil || $0 == $1 }
    guard input.dimensions.count == 4, fits, size.width > 0, size.height > 0 else {
      let shape = input.dimensions.map { $0.map(String.init) ?? "?" }.joined(separator: "×")
      throw SplitpipeError(
        .usage,
        "the model's input is \(shape) (pictures, channels, height, width), which a picture of "
          + "\(size) does not fit")
    }
    var sized = self
    sized.inputs[0].dimensions = wanted
    let shaped = try sized.inferringShapes()
    sized = shaped.withConstantsFolded().pruned()
    let flow = DataFlow(sized)
    sized.aliases = sized.moduleOutputs { name in
      flow.tensorIDs[name] != nil && shaped.types[name]?.canCross ?? true
    }
    return sized
  }
}

extension ShapedGraph {
  /// The graph without the nodes whose results are known: those are weights now. Nodes that make
  /// an output of the graph stay.
  func withConstantsFolded() -> ModelGraph {
    var folded = graph
    let outputs = Set(graph.outputs)
    folded.nodes = graph.nodes.filter { node in
      let made = node.outputs.filter { !$0.isEmpty }
      guard !made.contains(where: outputs.contains) else { return true }
      let constants = made.compactMap { values[$0]?.weight }
      guard constants.count == made.count else { return true }
      for (name, weight) in zip(made, constants) { folded.weights[name] = weight }
      return false
    }
    return folded
  }
}
