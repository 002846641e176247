import SplitpipeCore

/// One step of training as a graph: a loss, its gradients, and the weights afterwards.
///
/// Weights are inputs and outputs, so that the step is compiled once and runs again and again with what it
/// gave the time before.
package struct TrainingGraph: Sendable {
  /// A weight that changes.
  package struct Parameter: Sendable {
    /// Of the weight in the graph that was given.
    package let name: String
    package let initial: Weight
    /// Places among the inputs and outputs of the step, of the weight first and of its moments then.
    package let places: [Carried]
  }

  /// An output that takes an input's place in the next step.
  package struct Carried: Sendable, Hashable {
    package let output: Int
    package let input: Int
  }

  /// Inputs: those of the graph that was given, then `Optimizer.controls(step:rate:)`,
  /// then parameters and moments. Outputs: those that were asked for, then parameters and moments.
  package let graph: ModelGraph
  package let parameters: [Parameter]
  /// Inputs of the graph that was given.
  package let dataCount: Int
  package let optimizer: Optimizer
  /// Outputs that were asked for.
  package let reportCount: Int

  /// - Parameters:
  ///   - graph: sorted, with inputs of fixed shapes; its outputs are what a step reports.
  ///   - loss: the tensor of one element that is to become less; also one of the outputs.
  ///   - names: weights that change, each with a factor of the rate.
  ///   - optimizer: how they do.
  ///   - replaced: weights that become a tensor of the graph after each step, as running means do.
  ///   - held: tensors that are taken for constants, whatever they are made of.
  /// - Throws: what `GradientGraph` throws; `badData` for a weight that is no float32, or that the loss does
  ///   not depend on.
  package init(
    _ graph: ModelGraph, loss: String, parameters names: [(name: String, rateFactor: Float)],
    optimizer: Optimizer, replacing replaced: [(name: String, tensor: String)] = [],
    holding held: Set<String> = []
  ) throws {
    var editor = GraphEditor(graph)
    dataCount = graph.inputs.count
    self.optimizer = optimizer
    reportCount = graph.outputs.count
    let all = names.map(\.name) + replaced.map(\.name)
    let weights = try all.map { name in
      guard let weight = graph.weights[name], weight.elementType == .float32 else {
        throw SplitpipeError(.badData, "\(graph.name) has no float32 weight \"\(name)\" to train")
      }
      return editor.promote(weight: name)
    }
    let promoted = editor.inputs.suffix(all.count)
    editor.inputs.removeLast(all.count)
    let controls = (0..<optimizer.controlCount).map { editor.freshName("training/control \($0)") }
    editor.inputs += controls.map { GraphInput(name: $0, elementType: .float32, dimensions: [1]) }
    editor.inputs += promoted
    let gradient = try GradientGraph(
      editor.trained(replaced.map(\.tensor)), of: loss, at: names.map(\.name), weighing: false,
      holding: held)
    var emitter = OperatorEmitter(gradient.editor)
    emitter.editor.outputs.removeLast(replaced.count)
    // Moments stand beside their parameters.
    var inputs = Array(emitter.editor.inputs.prefix(dataCount + controls.count))
    var outputs = emitter.editor.outputs
    var parameters: [Parameter] = []
    for ((name, factor), weight) in zip(names, weights) {
      guard let slope = gradient.gradients[name] else {
        throw SplitpipeError(
          .badData, "the loss of \(graph.name) does not depend on the weight \"\(name)\"")
      }
      emitter.begin("training/" + name)
      let moments = optimizer.moments.map { emitter.editor.freshName("training/\(name)/\($0)") }
      let rate = emitter.product(controls[0], factor)
      let next = emitter.update(
        name, gradient: slope, moments: moments, rate: rate,
        others: Array(controls.dropFirst()), optimizer)
      var places: [Carried] = []
      for (input, output) in zip([name] + moments, [next.parameter] + next.moments) {
        places.append(Carried(output: outputs.count, input: inputs.count))
        inputs.append(
          GraphInput(name: input, elementType: .float32, dimensions: weight.shape.dimensions))
        outputs.append(output)
      }
      parameters.append(Parameter(name: name, initial: weight, places: places))
    }
    for ((name, tensor), weight) in zip(replaced, weights.dropFirst(names.count)) {
      let place = Carried(output: outputs.count, input: inputs.count)
      inputs.append(
        GraphInput(name: name, elementType: .float32, dimensions: weight.shape.dimensions))
      outputs.append(tensor)
      parameters.append(Parameter(name: name, initial: weight, places: [place]))
    }
    emitter.editor.inputs = inputs
    emitter.editor.outputs = outputs
    emitter.editor.name = graph.name + " (training)"
    self.graph = try emitter.editor.finish()
    self.parameters = parameters
  }
}

extension GraphEditor {
  /// The graph with what follows each step among its outputs, lest it be pruned.
  fileprivate func trained(_ tensors: [String]) throws -> ModelGraph {
    var editor = self
    editor.outputs += tensors
    return try editor.finish()
  }
}
