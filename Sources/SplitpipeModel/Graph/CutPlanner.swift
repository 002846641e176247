import SplitpipeCore

/// What all cuts of one graph share.
struct CutPlanner {
  let shaped: ShapedGraph
  let flow: DataFlow
  let names: SplitNames
  /// The graph to make the halves of.
  let editor: GraphEditor
  private let cost: [Int]

  var graph: ModelGraph { shaped.graph }

  init(_ shaped: ShapedGraph) {
    self.shaped = shaped
    flow = DataFlow(shaped.graph)
    names = SplitNames(shaped.graph, flow: flow)
    editor = GraphEditor(shaped.graph)
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
      guard type.shape.rank > 0 else {
        return "tensor \"\(tensor.name)\" would cross, which is a single number, as the scale of "
          + "an operator of integers is; only tensors with dimensions can be sent"
      }
      return "tensor \"\(tensor.name)\" would cross, which is \(type.elementType); only float32 "
        + "and float16 tensors can be sent"
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

  /// The tensors that cross, as both halves call them.
  ///
  /// A tensor keeps its name where it crosses, unless it is also an input or output of the whole
  /// graph, whose names belong to the ends, or no float32: then a copy crosses.
  func frontier(of sides: CutSides) -> [CrossingTensor] {
    var editor = editor
    return sides.crossing.compactMap { index in
      let tensor = flow.tensors[index]
      guard let type = shaped.types[tensor.name] else { return nil }
      let name = isCopied(tensor) ? editor.freshName(tensor.name + "/crossing") : tensor.name
      return CrossingTensor(
        name: name, module: names.module(of: tensor.name), plainName: tensor.name,
        shape: type.shape)
    }
  }

  private func isCopied(_ tensor: DataFlow.Tensor) -> Bool {
    tensor.producer == nil || tensor.isOutput || elementType(of: tensor) != .float32
  }

  private func elementType(of tensor: DataFlow.Tensor) -> ElementType {
    shaped.types[tensor.name]?.elementType ?? .float32
  }

  /// The two halves as graphs.
  func halves(of sides: CutSides) throws -> (
    frontier: [CrossingTensor], head: ModelGraph, tail: ModelGraph
  ) {
    let frontier = frontier(of: sides)
    var head = editor
    head.name += " (head)"
    head.outputs = frontier.map(\.name)
    var tail = editor
    tail.name += " (tail)"
    tail.inputs = []
    for (index, crossing) in zip(sides.crossing, frontier) {
      let tensor = flow.tensors[index]
      let type = elementType(of: tensor)
      tail.feed(
        tensor.name,
        as: GraphInput(
          name: crossing.name, elementType: .float32, dimensions: crossing.shape.dimensions))
      guard isCopied(tensor) else { continue }
      head.copy(tensor.name, of: type, to: crossing.name, as: .float32)
      if type != .float32 {
        tail.insert(at: crossing.name) { tail in
          tail.cast(crossing.name, to: type, named: crossing.name + "/\(type)")
        }
      }
      if tensor.isOutput { tail.copy(crossing.name, of: .float32, to: tensor.name, as: type) }
    }
    return (frontier, try head.finish(keepsUnusedInputs: false), try tail.finish())
  }
}

extension GraphEditor {
  /// Makes a tensor of a given name out of another, of another element type where that differs.
  fileprivate mutating func copy(
    _ tensor: String, of type: ElementType, to name: String, as wanted: ElementType
  ) {
    add(
      Node(
        name: "splitpipe/copy/\(name)", operation: type == wanted ? "Identity" : "Cast",
        inputs: [tensor], outputs: [name],
        attributes: type == wanted ? [:] : ["to": .int(Int64(wanted.rawValue))]))
  }
}
