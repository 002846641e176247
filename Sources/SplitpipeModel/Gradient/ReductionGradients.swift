import SplitpipeCore

/// Operators that put one element in the place of many along some axes.
let reductionGradients: [String: GradientRule] = {
  var rules: [String: GradientRule] = [:]
  /// The gradient of each element over that of the reduced one.
  func rule(
    _ operation: String,
    _ share:
      @escaping @Sendable (
        _ x: String, _ y: String, _ axes: [Int], Shape, inout OperatorEmitter
      ) -> String?
  ) {
    // The axes became an input in opset 13 for the sum and in 18 for the others.
    let first = operation == "Sum" ? 13 : 18
    rules["Reduce" + operation] = { node, emitter in
      let shape = try node.shape(0)
      let named: [Int]
      do { named = try node.operands.axes(input: 1, fromOpset: first) ?? [] } catch is UnknownValue
      {
        throw node.unsupported("its axes are no constants")
      }
      let keepsAll = try node.operands.int("noop_with_empty_axes", default: 0) != 0
      if named.isEmpty, keepsAll { return node.first(try node.gradient()) }
      let axes =
        named.isEmpty
        ? Array(0..<shape.rank)
        : try named.map { try node.operands.axis($0, rank: shape.rank) }.sorted()
      var kept = shape.dimensions
      for axis in axes { kept[axis] = 1 }
      let gradient = emitter.reshape(try node.gradient(), to: Shape(kept))
      let stretched = emitter.expand(gradient, to: shape)
      let y = emitter.reshape(node.node.outputs[0], to: Shape(kept))
      let made = share(node.node.inputs[0], y, axes, shape, &emitter)
      return node.first(made.map { emitter.product(stretched, $0) } ?? stretched)
    }
  }
  rule("Sum") { _, _, _, _, _ in nil }
  rule("Mean") { _, _, axes, shape, emitter in
    emitter.constant(1 / Float(max(1, axes.reduce(1) { $0 * shape[$1] })))
  }
  for operation in ["Max", "Min"] {
    rule(operation) { x, y, axes, _, emitter in
      guard operation == "Min" else { return emitter.shareOfLargest(x, y, along: axes) }
      return emitter.shareOfLargest(emitter.negative(x), emitter.negative(y), along: axes)
    }
  }
  rule("L2") { x, y, _, _, emitter in emitter.add("Div", [x, y]) }
  rule("SumSquare") { x, _, _, _, emitter in emitter.product(x, 2) }
  return rules
}()
