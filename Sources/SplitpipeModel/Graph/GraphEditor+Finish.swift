package import SplitpipeCore

extension GraphEditor {
  /// Ends the edits.
  ///
  /// - Parameter keepsUnusedInputs: whether inputs that nothing reads stay.
  /// - Returns: the graph without what no output needs, its nodes in an order in which they can run.
  /// - Throws: `bug` where the edits left no sound graph: a tensor that nothing makes or that is made
  ///   twice, a cycle, no output. The message says which.
  package func finish(keepsUnusedInputs: Bool = true) throws(SplitpipeError) -> ModelGraph {
    var result = graph.pruned()
    if !keepsUnusedInputs {
      let used = Set(result.nodes.flatMap(\.inputs))
      result.inputs.removeAll { !used.contains($0.name) }
    }
    do {
      return try result.sortedTopologically()
    } catch {
      throw SplitpipeError(.bug, "the edited graph \"\(name)\" is not sound: \(error.message)")
    }
  }
}
