package import SplitpipeCore

/// A graph that tells how much each tensor of a model has to do with a number made of its output.
///
/// For a tensor F of C channels and A places, with G = ∂y/∂F, it gives the channels' weights
/// s_k = Σ_places G_k and the map Σ_k s_k F_k: Grad-CAM before its ReLU (Selvaraju et al., "Grad-CAM", ICCV
/// 2017, equations 1 and 2, without the constant 1/A). Both are small, so a run of the graph holds no tensor
/// longer than the engine needs it.
package struct ImportanceGraph: Sendable {
  /// A tensor whose importance is told.
  package struct Tensor: Sendable {
    /// In the model.
    package let name: String
    package let shape: Shape
    /// Whether the output depends on it; where not, its importance is 0.
    package let isReached: Bool

    /// The second extent; the first is the batch.
    package var channels: Int { shape[1] }
    /// Product of the extents behind.
    package var places: Int { shape.dimensions.dropFirst(2).reduce(1, *) }
  }

  package let tensors: [Tensor]
  /// Inputs: the model's, then the seed (see `GradientGraph`). Outputs: the model's first, then, for each
  /// tensor that is reached, its weights (1×C×1) and its map (1×1×A).
  package let graph: ModelGraph
  /// Shape of the seed, which is that of the tensor that is weighed.
  package let seedShape: Shape

  /// - Parameters:
  ///   - graph: sorted, with inputs of fixed shapes; its first output is what is looked at.
  ///   - names: float32 tensors of the graph, of a batch of one and at least two extents.
  /// - Throws: `usage` for a tensor that is none of these; what `GradientGraph` throws.
  package init(_ graph: ModelGraph, at names: [String]) throws {
    let graph = graph.pruned()
    let shaped = try graph.inferringShapes()
    let (weighed, seedShape) = try graph.weighedOutput()
    self.seedShape = seedShape
    let gradient = try GradientGraph(graph, of: weighed, at: names)
    var emitter = OperatorEmitter(gradient.editor)
    emitter.editor.name += " (importance)"
    emitter.editor.outputs = Array(graph.outputs.prefix(1))
    tensors = try names.map { name in
      guard let type = shaped.types[name], type.elementType == .float32, type.shape.rank > 1,
        type.shape[0] == 1, type.shape.count > 0
      else {
        throw SplitpipeError(
          .usage,
          "\"\(name)\" has no importance: it is no float32 tensor of one picture with channels")
      }
      return Tensor(name: name, shape: type.shape, isReached: gradient.gradients[name] != nil)
    }
    for tensor in tensors {
      guard let slope = gradient.gradients[tensor.name] else { continue }
      emitter.addImportance(of: tensor, gradient: slope)
    }
    self.graph = try emitter.editor.finish()
  }
}

extension OperatorEmitter {
  fileprivate mutating func addImportance(of tensor: ImportanceGraph.Tensor, gradient: String) {
    begin("importance/" + tensor.name)
    // Tensors keep their extents until what is left of them is small: an engine holds them in blocks of
    // channels, and every other shape would be a copy.
    let weights = sum(gradient, along: Array(2..<max(2, tensor.shape.rank)))
    let map = sum(product(tensor.name, weights), along: [1])
    editor.outputs += [
      reshape(weights, to: Shape([1, tensor.channels, 1])),
      reshape(map, to: Shape([1, 1, tensor.places])),
    ]
  }
}
