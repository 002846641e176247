import SplitpipeCore

/// A node as a gradient rule sees it: what it was told, the shapes it has, and the gradients that reach it.
struct BackwardNode {
  let operands: Operands
  /// Types of the outputs; nil where they are not known.
  let outputs: [TensorType?]
  /// Gradients of the outputs; nil where nothing depends on them.
  let gradients: [String?]
  /// Whether the gradient of each input is asked for.
  let wanted: [Bool]

  /// nil where no gradient reaches the node, or none is asked for.
  ///
  /// - Throws: `badData` where it computes in another type than float32.
  init?(
    _ node: Node, shaped: ShapedGraph, gradients: [String?], needed: Set<String>
  ) throws {
    let wanted = node.inputs.map(needed.contains)
    guard wanted.contains(true), gradients.contains(where: { $0 != nil }) else { return nil }
    operands = Operands(
      node: node, opset: shaped.graph.opset, types: shaped.types, values: shaped.values)
    outputs = node.outputs.map { shaped.types[$0] }
    self.gradients = gradients
    self.wanted = wanted
  }

  var node: Node { operands.node }

  /// The gradient of the only output.
  ///
  /// - Throws: `badData` for an operator whose gradients reach it by another output alone.
  func gradient() throws -> String {
    guard let first = gradients.first, let first else {
      throw unsupported("only its first output has a gradient")
    }
    return first
  }

  /// The shape of an input.
  ///
  /// - Throws: `badData` where it is not known.
  func shape(_ index: Int) throws -> Shape {
    guard let type = operands.type(index) else {
      throw unsupported("the shape of its input \(index) is not known")
    }
    guard type.elementType == .float32 || !wanted[index] else {
      throw unsupported("its input \(index) is \(type.elementType), expected float32")
    }
    return type.shape
  }

  /// The shape of the first output.
  ///
  /// - Throws: `badData` where it is not known.
  func outputShape() throws -> Shape {
    guard let first = outputs.first, let first else {
      throw unsupported("the shape of its output is not known")
    }
    return first.shape
  }

  func float(_ key: String, default value: Float) throws -> Float {
    switch node.attributes[key] {
    case nil: return value
    case .float(let found): return found
    default: throw operands.wrong("its attribute \(key) is not a number")
    }
  }

  /// `badData` naming the node, for one that is sound and cannot be differentiated.
  func unsupported(_ problem: String) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "no gradient of node \"\(node.name)\" (\(node.operation)): \(problem); choose tensors behind it"
    )
  }

  /// A gradient for the first input alone.
  func first(_ gradient: String) -> [String?] { [gradient] }

  /// For each input, what `body` makes where the gradient is asked for.
  func each(_ body: (Int) throws -> String?) rethrows -> [String?] {
    try wanted.indices.map { wanted[$0] ? try body($0) : nil }
  }
}
