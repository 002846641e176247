package import SplitpipeCore

/// One tensor of a frontier.
package struct CrossingTensor: Sendable, Hashable {
  /// The tensor's name in both halves: an output of the head, an input of the tail.
  package let name: String
  /// The shortest module path that ends in it; nil where there is none.
  package let module: String?
  /// What a person calls it: the module path, else its name in the model.
  package let label: String
  package let shape: Shape

  /// - Parameters:
  ///   - name: in both halves.
  ///   - module: the shortest module path that ends in it.
  ///   - plainName: in the model.
  ///   - shape: of one picture.
  init(name: String, module: String?, plainName: String, shape: Shape) {
    self.name = name
    self.module = module
    label = module ?? plainName
    self.shape = shape
  }

  /// Bytes at float32.
  package var rawBytes: Int { shape.count * 4 }
}

/// A model cut in two at a named tensor.
package struct Cut: Sendable {
  /// The split as it was asked for.
  package let name: String
  /// Every tensor that crosses, in graph order.
  package let frontier: [CrossingTensor]
  /// The place in the frontier of the tensor that was asked for.
  package let namedIndex: Int
  /// From the model's inputs to the frontier, outputs in the frontier's order.
  package let head: ModelGraph
  /// From the frontier (inputs in its order) to the model's outputs.
  package let tail: ModelGraph
  /// Multiply-accumulate operations of the head.
  package let headMACs: Int
  /// Multiply-accumulate operations of the tail.
  package let tailMACs: Int
}

/// One usable split of a model, without the graphs.
package struct SplitSummary: Sendable, Hashable {
  /// The module path where the tensor has one, else the tensor's name.
  package let name: String
  /// Whether `name` is a module path.
  package let isModule: Bool
  package let frontier: [CrossingTensor]
  package let headMACs: Int
  package let tailMACs: Int

  /// Bytes of the frontier at float32.
  package var rawBytes: Int { frontier.reduce(0) { $0 + $1.rawBytes } }
}

/// Cuts a graph at a split: the head is all that the named output needs and nothing that depends on
/// it; the remaining nodes go where the fewest bytes cross (see `DataFlow.minimumCut`).
///
/// The split is a module path, a tensor or a node name, with or without a leading `model.`; the
/// graph is sorted and the shapes of its inputs are fixed.
///
/// - Throws: `usage` if there is no such split or it cannot be cut, saying why; `badData` if the
///   graph's shapes contradict each other.
package func cut(_ graph: ModelGraph, at split: String) throws -> Cut {
  let planner = CutPlanner(try graph.pruned().inferringShapes())
  let tensor = try planner.names.tensor(named: split)
  let sides = try planner.sides(at: tensor, split: split)
  let halves = try planner.halves(of: sides)
  let macs = planner.macs(of: sides)
  guard let namedIndex = sides.crossing.firstIndex(of: tensor) else {
    throw SplitpipeError(.bug, "the tensor of split \"\(split)\" does not cross its own cut")
  }
  return Cut(
    name: split, frontier: halves.frontier, namedIndex: namedIndex, head: halves.head,
    tail: halves.tail,
    headMACs: macs.head, tailMACs: macs.tail)
}

/// Every split that can be cut, in graph order, one for each tensor; the graph is sorted and the
/// shapes of its inputs are fixed.
///
/// - Throws: `badData` if the graph's shapes contradict each other.
package func usableSplits(_ graph: ModelGraph) throws -> [SplitSummary] {
  let planner = CutPlanner(try graph.pruned().inferringShapes())
  return planner.flow.tensors.indices.compactMap { tensor in
    let name = planner.flow.tensors[tensor].name
    guard let sides = try? planner.sides(at: tensor, split: name) else { return nil }
    let module = planner.names.module(of: name)
    let macs = planner.macs(of: sides)
    return SplitSummary(
      name: module ?? name, isModule: module != nil, frontier: planner.frontier(of: sides),
      headMACs: macs.head, tailMACs: macs.tail)
  }
}
