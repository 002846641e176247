import SplitpipeCore

/// A model's graph and, in the same graph, the gradients of a number made of one of its tensors.
///
/// The number is `y = Σ seed · output`. Where `seed` is an input of the graph, one compiled graph serves
/// every class and every choice of boxes. Reverse mode: Griewank and Walther, "Evaluating Derivatives", 2nd
/// ed., chapter 3. What the graph gives out is up to the caller: it adds outputs, and finishes the editor.
package struct GradientGraph: Sendable {
  /// The graph with the gradients in it; its outputs are the model's.
  package var editor: GraphEditor
  /// What weighs the elements of the output; of its shape.
  package let seed: String
  /// ∂y/∂tensor by tensor; none for a tensor that the output does not depend on.
  package let gradients: [String: String]

  /// Differentiates a graph.
  ///
  /// - Parameters:
  ///   - graph: sorted, with inputs of fixed shapes.
  ///   - output: the float32 tensor that is weighed.
  ///   - tensors: with respect to which; made by nodes, or fed.
  ///   - weighing: whether a caller feeds the seed; else it is 1.
  ///   - held: tensors that are taken for constants, whatever they are made of.
  /// - Throws: `badData` naming the first operator on the way that has no rule, or whose shapes are not
  ///   known.
  package init(
    _ graph: ModelGraph, of output: String, at tensors: some Sequence<String>,
    weighing: Bool = true, holding held: Set<String> = []
  ) throws {
    let shaped = try graph.inferringShapes()
    guard let type = shaped.types[output], type.elementType == .float32 else {
      throw SplitpipeError(
        .badData,
        "\(graph.name): \"\(output)\" is no float32 tensor of known shape, so it has no gradient")
    }
    let needed = graph.tensors(between: Set(tensors), and: output, without: held)
    var emitter = OperatorEmitter(graph)
    if weighing {
      seed = emitter.editor.freshName("seed")
      emitter.editor.inputs.append(
        GraphInput(name: seed, elementType: .float32, dimensions: type.shape.dimensions))
    } else {
      seed = emitter.constant([Float](repeating: 1, count: type.shape.count), type.shape)
    }
    var parts: [String: [String]] = [output: [seed]]
    var gradients: [String: String] = [:]
    for node in graph.nodes.reversed() where node.outputs.contains(where: needed.contains) {
      emitter.begin("gradient/" + node.name)
      // All that read these tensors come later in the graph: their parts are complete.
      for tensor in node.outputs where needed.contains(tensor) {
        gradients[tensor] = parts[tensor].map { emitter.total($0) }
      }
      let backward = try BackwardNode(
        node, shaped: shaped, gradients: node.outputs.map { gradients[$0] }, needed: needed)
      guard let backward else { continue }
      guard node.domain.isEmpty, let rule = gradientRules[node.operation] else {
        throw backward.unsupported("splitpipe knows no gradient of this operator")
      }
      for (tensor, gradient) in zip(node.inputs, try rule(backward, &emitter)) {
        if let gradient, needed.contains(tensor) { parts[tensor, default: []].append(gradient) }
      }
    }
    // What no node makes: inputs of the graph.
    for tensor in tensors where gradients[tensor] == nil {
      gradients[tensor] = parts[tensor].map { emitter.total($0) }
    }
    editor = emitter.editor
    self.gradients = gradients
  }
}

extension ModelGraph {
  /// Tensors that depend on one of the given and on which the output depends, both ends included.
  fileprivate func tensors(
    between given: Set<String>, and output: String, without held: Set<String>
  ) -> Set<String> {
    var dependent = given
    for node in nodes where node.inputs.contains(where: dependent.contains) {
      dependent.formUnion(node.outputs.filter { !held.contains($0) })
    }
    var needed: Set<String> = dependent.contains(output) ? [output] : []
    for node in nodes.reversed() where node.outputs.contains(where: needed.contains) {
      needed.formUnion(node.inputs.filter(dependent.contains))
    }
    return needed
  }
}

/// Takes the gradients of a node's outputs back to its inputs: one for each input, nil for those that have
/// none or are not wanted.
typealias GradientRule = @Sendable (BackwardNode, inout OperatorEmitter) throws -> [String?]

/// Every operator that can be differentiated.
private let gradientRules: [String: GradientRule] = [
  activationGradients, arithmeticGradients, convolutionGradients, poolingGradients,
  matrixGradients, reductionGradients, arrangementGradients, partGradients, resizeGradients,
].reduce(into: [:]) { all, rules in all.merge(rules) { first, _ in first } }
