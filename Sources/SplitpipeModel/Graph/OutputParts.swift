import SplitpipeCore

/// A stretch of a tensor along one axis that one operator made.
struct OutputPart: Equatable {
  /// The operator, those left out that only arrange numbers; empty for an input or a constant.
  let maker: String
  /// How many places along the axis it takes.
  let extent: Int
}

extension ShapedGraph {
  /// What a tensor was joined of along an axis, in order: a detector's head joins boxes, scores and
  /// what else it finds, each made by an operator of its own.
  ///
  /// Operators that only arrange numbers are looked through as long as they leave the axis whole.
  ///
  /// - Returns: nil where that does not come out: shapes that are not known, or a graph too tangled.
  func parts(of tensor: String, axis: Int) -> [OutputPart]? {
    var walk = PartWalk(self)
    guard walk.follow(tensor, axis), let extent = types[tensor]?.shape.dimensions[axis],
      walk.parts.reduce(0, { $0 + $1.extent }) == extent
    else { return nil }
    return walk.parts
  }
}

/// Goes from a tensor back to what made its stretches.
private struct PartWalk {
  /// Tensors looked at before it gives up; the heads of detectors take a few dozen.
  private static let patience = 4096

  private let shaped: ShapedGraph
  private let makers: [String: Int]
  private var steps = 0
  private(set) var parts: [OutputPart] = []

  init(_ shaped: ShapedGraph) {
    self.shaped = shaped
    var makers: [String: Int] = [:]
    for (index, node) in shaped.graph.nodes.enumerated() {
      for output in node.outputs { makers[output] = index }
    }
    self.makers = makers
  }

  private func node(making tensor: String) -> Node? {
    makers[tensor].map { shaped.graph.nodes[$0] }
  }

  /// Appends the parts of a tensor; false where the shapes do not tell.
  mutating func follow(_ tensor: String, _ axis: Int) -> Bool {
    // Still to be looked at, the first last.
    var pending = [(tensor: tensor, axis: axis)]
    while let (tensor, axis) = pending.popLast() {
      steps += 1
      guard steps <= Self.patience, let shape = shaped.types[tensor]?.shape, axis < shape.rank
      else { return false }
      guard let node = node(making: tensor), let first = node.inputs.first else {
        parts.append(OutputPart(maker: "", extent: shape[axis]))
        continue
      }
      if node.operation == "Concat", let joined = self.axis(of: node, rank: shape.rank) {
        // Along another axis all inputs are alike, and the first stands for them.
        let inputs = joined == axis ? node.inputs : [first]
        pending += inputs.reversed().map { ($0, axis) }
      } else if let before = axisBefore(node, axis, shape) {
        pending.append((first, before))
      } else {
        parts.append(OutputPart(maker: maker(of: tensor), extent: shape[axis]))
      }
    }
    return true
  }

  private func axis(of node: Node, rank: Int) -> Int? {
    guard case .int(let axis)? = node.attributes["axis"], axis >= -rank, axis < rank else {
      return nil
    }
    return Int(axis) + (axis < 0 ? rank : 0)
  }

  /// The axis of a node's first input that is whole in its output; nil for a node that does more than
  /// arrange numbers.
  private func axisBefore(_ node: Node, _ axis: Int, _ shape: Shape) -> Int? {
    guard let input = node.inputs.first, let before = shaped.types[input]?.shape else { return nil }
    switch node.operation {
    case "Identity", "Cast", "QuantizeLinear", "DequantizeLinear":
      return axis
    case "Split", "Slice":
      // Whole where it is another axis that is cut.
      return before.rank == shape.rank && before[axis] == shape[axis] ? axis : nil
    case "Transpose":
      guard case .ints(let order)? = node.attributes["perm"], order.count == shape.rank else {
        return nil
      }
      return Int(order[axis])
    case "Reshape", "Flatten", "Squeeze", "Unsqueeze":
      // As many elements outside of it and as many inside.
      let outside = shape.dimensions.prefix(axis).reduce(1, *)
      var product = 1
      for (candidate, extent) in before.dimensions.enumerated() {
        if product == outside, extent == shape[axis] { return candidate }
        product *= extent
      }
      return nil
    default: return nil
    }
  }

  /// The operator behind those that only arrange numbers.
  private func maker(of tensor: String) -> String {
    let arranging: Set<String> = [
      "Identity", "Cast", "QuantizeLinear", "DequantizeLinear", "Split", "Slice", "Transpose",
      "Reshape", "Flatten", "Squeeze", "Unsqueeze",
    ]
    var tensor = tensor
    // No longer than the graph: a graph has no cycle.
    while let node = node(making: tensor) {
      guard arranging.contains(node.operation), let first = node.inputs.first else {
        return node.operation
      }
      tensor = first
    }
    return ""
  }
}
