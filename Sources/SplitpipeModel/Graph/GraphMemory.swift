import SplitpipeCore

/// What a graph needs of a device's memory.
package struct GraphMemory: Sendable, Hashable {
  /// Bytes of its constants, as the model holds them.
  package let weightBytes: Int
  /// The most bytes of tensors that are alive at a time, with operators one after the other in the order
  /// given and nothing computed in place: an engine that reuses or blocks memory needs less or more.
  package let peakBytes: Int

  /// - Parameter graph: sorted, with inputs of fixed shapes; tensors of unknown shape count nothing.
  /// - Throws: `badData` if its shapes contradict each other.
  package init(_ graph: ModelGraph) throws {
    weightBytes = graph.weights.values.reduce(0) { $0 + $1.bytes.count }
    let types = try graph.inferringShapes().types
    func bytes(_ name: String) -> Int {
      graph.weights[name] == nil ? types[name]?.byteCount ?? 0 : 0
    }
    var lastUse: [String: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs { lastUse[input] = index }
    }
    for output in graph.outputs { lastUse[output] = graph.nodes.count }
    var alive = graph.inputs.reduce(0) { $0 + bytes($1.name) }
    var peak = alive
    for (index, node) in graph.nodes.enumerated() {
      for output in node.outputs where lastUse[output] != nil { alive += bytes(output) }
      peak = max(peak, alive)
      for input in Set(node.inputs) where lastUse[input] == index { alive -= bytes(input) }
    }
    peakBytes = peak
  }
}
