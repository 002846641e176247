import SplitpipeCore

/// What all cuts of one graph share.
struct CutPlanner {
  let shaped: ShapedGraph
  let flow: DataFlow
  let names: SplitNames
  private let cost: [Int]

  var graph: ModelGraph { shaped.graph }

  init(_ shaped: ShapedGraph) {
    self.shaped = shaped
    flow = DataFlow(shaped.graph)
    names = SplitNames(shaped.graph, flow: flow)
    cost = CutCost.bytes(of: flow, types: shaped.types)
  }

  /// - Throws: `usage` with the reason why there is no cut here.
  func sides(at tensor: Int, split: String) throws -> CutSides {
    let wanted = flow.tensors[tensor]
    guard wanted.producer != nil else {
      throw SplitpipeError.cannotSplit(
        split, "it is the model's input, so the head would be empty")
    }
    guard !wanted.consumers.isEmpty else {
      throw SplitpipeError.cannotSplit(
        split, "nothing in the model reads it, so the tail would be empty")
    }
    let sides = flow.minimumCut(at: tensor, cost: cost)
    for crossing in sides.crossing where cost[crossing] == CutCost.forbidden {
      throw SplitpipeError.cannotSplit(split, reasonAgainst(flow.tensors[crossing]))
    }
    return sides
  }

  private func reasonAgainst(_ tensor: DataFlow.Tensor) -> String {
    if let type = shaped.types[tensor.name] {
      return "tensor \"\(tensor.name)\" would cross, which is \(type.elementType); only float32 "
        + "tensors can be sent"
    }
    let maker = tensor.producer.map { graph.nodes[$0] }
    let origin = maker.map { "made by node \"\($0.name)\" (\($0.operation))" } ?? "an input"
    return "tensor \"\(tensor.name)\", \(origin), would cross, and its shape is not known"
  }

  func macs(of sides: CutSides) -> (head: Int, tail: Int) {
    var (head, tail) = (0, 0)
    for (index, count) in shaped.macs.enumerated() {
      if sides.isHead[index] { head += count } else { tail += count }
    }
    return (head, tail)
  }

  func frontier(of sides: CutSides) -> [CrossingTensor] {
    sides.crossing.compactMap { index in
      let tensor = flow.tensors[index]
      guard let type = shaped.types[tensor.name] else { return nil }
      return CrossingTensor(
        name: crossingName(tensor), label: names.module(of: tensor.name) ?? tensor.name,
        shape: type.shape)
    }
  }

  /// A tensor keeps its name where it crosses, unless it is also an input or output of the whole
  /// graph: those names belong to the ends, so a copy crosses.
  private func crossingName(_ tensor: DataFlow.Tensor) -> String {
    guard isCopied(tensor) else { return tensor.name }
    var name = tensor.name + "/crossing"
    while flow.tensorIDs[name] != nil || graph.weights[name] != nil { name += "'" }
    return name
  }

  private func isCopied(_ tensor: DataFlow.Tensor) -> Bool {
    tensor.producer == nil || tensor.isOutput
  }

  /// The two halves as graphs.
  func halves(of sides: CutSides) -> (
    frontier: [CrossingTensor], head: ModelGraph, tail: ModelGraph
  ) {
    let frontier = frontier(of: sides)
    var head = graph
    head.name = graph.name + " (head)"
    head.nodes = graph.nodes.indices
      .filter { sides.isHead[$0] || flow.isConstant[$0] }.map { graph.nodes[$0] }
    head.outputs = frontier.map(\.name)

    var tail = graph
    tail.name = graph.name + " (tail)"
    tail.nodes = graph.nodes.indices.filter { !sides.isHead[$0] }.map { graph.nodes[$0] }
    tail.inputs = frontier.map {
      GraphInput(name: $0.name, elementType: .float32, dimensions: $0.shape.dimensions)
    }

    var renamed: [String: String] = [:]
    for (index, crossing) in zip(sides.crossing, frontier) {
      let tensor = flow.tensors[index]
      guard crossing.name != tensor.name else { continue }
      renamed[tensor.name] = crossing.name
      head.nodes.append(copy(of: tensor.name, as: crossing.name))
    }
    for index in tail.nodes.indices {
      tail.nodes[index].inputs = tail.nodes[index].inputs.map { renamed[$0] ?? $0 }
    }
    for output in graph.outputs {
      if let source = renamed[output] { tail.nodes.append(copy(of: source, as: output)) }
    }
    head = head.pruned()
    head.inputs = graph.inputs.filter { input in
      head.nodes.contains { $0.inputs.contains(input.name) }
    }
    return (frontier, head, tail.pruned())
  }

  private func copy(of source: String, as name: String) -> Node {
    Node(
      name: "splitpipe/copy/\(name)", operation: "Identity", inputs: [source], outputs: [name])
  }
}
