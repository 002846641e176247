package import SplitpipeCore

/// A graph that gives tensors of a model and their gradients of a number made of its output, coefficient by
/// coefficient.
package struct RelevanceGraph: Sendable {
  /// Inputs: the model's, then the seed (see `GradientGraph`). Outputs: for each tensor that is reached, its
  /// values and its gradients, both of its shape.
  package let graph: ModelGraph
  /// Shape of the seed, which is that of the tensor that is weighed.
  package let seedShape: Shape
  /// The tensors that the output depends on, as places in what was asked for.
  package let reached: [Int]

  /// - Parameters:
  ///   - graph: sorted, with inputs of fixed shapes; its first output is what is looked at.
  ///   - names: float32 tensors of the graph.
  /// - Throws: what `GradientGraph` throws.
  package init(_ graph: ModelGraph, at names: [String]) throws {
    let graph = graph.pruned()
    let (weighed, seedShape) = try graph.weighedOutput()
    self.seedShape = seedShape
    let gradient = try GradientGraph(graph, of: weighed, at: names)
    var editor = gradient.editor
    editor.name += " (relevance)"
    editor.outputs = []
    reached = names.indices.filter { gradient.gradients[names[$0]] != nil }
    for place in reached {
      guard let slope = gradient.gradients[names[place]] else { continue }
      editor.outputs += [names[place], slope].map { tensor in
        // An engine may want every output under a name of its own.
        editor.add("Identity", [tensor], named: "relevance/\(place)/\(tensor)")
      }
    }
    self.graph = try editor.finish()
  }
}

extension ModelGraph {
  /// The tensor whose elements make the number that is differentiated: logits, as Grad-CAM has it, not what
  /// a last Softmax makes of them.
  ///
  /// - Throws: `badData` where there is no output of known shape.
  func weighedOutput() throws -> (name: String, shape: Shape) {
    guard let output = outputs.first else {
      throw SplitpipeError(.badData, "\(name) has no output")
    }
    let last = nodes.last { $0.outputs.contains(output) }
    let logits = last.flatMap { $0.operation == "Softmax" ? $0.inputs.first : nil }
    let weighed = logits ?? output
    guard let shape = try inferringShapes().types[weighed]?.shape else {
      throw SplitpipeError(.badData, "\(name): the shape of its output is not known")
    }
    return (weighed, shape)
  }
}
