import SplitpipeCore

/// Operators that put a function of each element in its place.
let activationGradients: [String: GradientRule] = {
  var rules: [String: GradientRule] = [:]
  /// ∂output/∂input of the element, of input, output and attributes.
  func rule(
    _ operation: String,
    _ slope:
      @escaping @Sendable (_ x: String, _ y: String, BackwardNode, inout OperatorEmitter)
      throws -> String
  ) {
    rules[operation] = { node, emitter in
      let slope = try slope(node.node.inputs[0], node.node.outputs[0], node, &emitter)
      return node.first(emitter.product(try node.gradient(), slope))
    }
  }
  rule("Relu") { x, _, _, emitter in emitter.isLess(emitter.constant(0), x) }
  rule("LeakyRelu") { x, _, node, emitter in
    let alpha = try node.float("alpha", default: 0.01)
    // 1 above 0, alpha below.
    let isPositive = emitter.isLess(emitter.constant(0), x)
    return emitter.add(
      "Add", [emitter.product(isPositive, 1 - alpha), emitter.constant(alpha)])
  }
  rule("Sigmoid") { _, y, _, emitter in
    emitter.product(y, emitter.add("Sub", [emitter.constant(1), y]))
  }
  rule("Tanh") { _, y, _, emitter in
    emitter.add("Sub", [emitter.constant(1), emitter.product(y, y)])
  }
  rule("Exp") { _, y, _, _ in y }
  rule("Log") { x, _, _, emitter in emitter.add("Reciprocal", [x]) }
  rule("Sqrt") { _, y, _, emitter in
    emitter.add("Reciprocal", [emitter.product(y, 2)])
  }
  rule("Reciprocal") { _, y, _, emitter in emitter.negative(emitter.product(y, y)) }
  rule("Neg") { _, _, _, emitter in emitter.constant(-1) }
  rule("Abs") { x, _, _, emitter in emitter.add("Sign", [x]) }
  rule("Erf") { x, _, _, emitter in
    let bell = emitter.add("Exp", [emitter.negative(emitter.product(x, x))])
    return emitter.product(bell, 2 / Float.pi.squareRoot())
  }
  rule("Softplus") { x, _, _, emitter in emitter.add("Sigmoid", [x]) }
  rule("Sin") { x, _, _, emitter in emitter.add("Cos", [x]) }
  rule("Cos") { x, _, _, emitter in emitter.negative(emitter.add("Sin", [x])) }
  rule("Elu") { x, y, node, emitter in
    // exp(x) is 1 + y / alpha below 0.
    let alpha = try node.float("alpha", default: 1)
    let isPositive = emitter.isLess(emitter.constant(0), x)
    let below = emitter.add("Add", [y, emitter.constant(alpha)])
    return emitter.add(
      "Where",
      [emitter.add("Less", [emitter.constant(0), x]), isPositive, below])
  }
  rule("HardSigmoid") { x, _, node, emitter in
    let (alpha, beta) = (
      try node.float("alpha", default: 0.2), try node.float("beta", default: 0.5)
    )
    return emitter.product(
      emitter.isBetween(x, low: -beta / alpha, high: (1 - beta) / alpha), alpha)
  }
  rule("HardSwish") { x, _, _, emitter in
    // x·clip(x/6 + 1/2): (2x + 3)/6 between −3 and 3, then 1.
    let slope = emitter.add("Add", [emitter.product(x, 1.0 / 3), emitter.constant(0.5)])
    let inside = emitter.product(slope, emitter.isBetween(x, low: -3, high: 3))
    let above = emitter.isNotLess(x, emitter.constant(3))
    return emitter.add("Add", [inside, above])
  }
  rule("Mish") { x, _, _, emitter in
    // x·tanh(s), s = softplus(x): tanh(s) + x·sigmoid(x)·(1 − tanh²(s)).
    let tanh = emitter.add("Tanh", [emitter.add("Softplus", [x])])
    let rest = emitter.add("Sub", [emitter.constant(1), emitter.product(tanh, tanh)])
    let inner = emitter.product(emitter.product(x, emitter.add("Sigmoid", [x])), rest)
    return emitter.add("Add", [tanh, inner])
  }
  rule("Gelu") { x, _, node, emitter in
    guard try node.operands.string("approximate", default: "none") == "none" else {
      throw node.unsupported("it is approximated by tanh")
    }
    // Φ(x) + x·φ(x).
    let scaled = emitter.product(x, Float(0.5).squareRoot())
    let area = emitter.product(
      emitter.add("Add", [emitter.add("Erf", [scaled]), emitter.constant(1)]), 0.5)
    let bell = emitter.add("Exp", [emitter.product(emitter.product(x, x), -0.5)])
    let density = emitter.product(bell, 1 / (2 * Float.pi).squareRoot())
    return emitter.add("Add", [area, emitter.product(x, density)])
  }
  rules["Clip"] = { node, emitter in
    let low = try node.bound(1, "min")
    let high = try node.bound(2, "max")
    let x = node.node.inputs[0]
    let inside = emitter.isBetween(x, low: low ?? -.infinity, high: high ?? .infinity)
    return node.first(emitter.product(try node.gradient(), inside))
  }
  rules["PRelu"] = { node, emitter in
    guard !node.wanted[1] else { throw node.unsupported("its slope is no constant") }
    let x = node.node.inputs[0]
    let isPositive = emitter.add("Less", [emitter.constant(0), x])
    let slope = emitter.add("Where", [isPositive, emitter.constant(1), node.node.inputs[1]])
    return node.first(emitter.product(try node.gradient(), slope))
  }
  rules["Softmax"] = { node, emitter in
    let axes = try node.softmaxAxes()
    let (y, gradient) = (node.node.outputs[0], try node.gradient())
    let mean = emitter.sum(emitter.product(gradient, y), along: axes)
    return node.first(emitter.product(emitter.add("Sub", [gradient, mean]), y))
  }
  rules["LogSoftmax"] = { node, emitter in
    let axes = try node.softmaxAxes()
    let gradient = try node.gradient()
    let share = emitter.add("Exp", [node.node.outputs[0]])
    let total = emitter.sum(gradient, along: axes)
    return node.first(emitter.add("Sub", [gradient, emitter.product(share, total)]))
  }
  rules["BatchNormalization"] = { node, emitter in
    let shape = try node.shape(0)
    guard node.wanted.dropFirst().allSatisfy({ !$0 }), node.node.inputs.count == 5 else {
      throw node.unsupported("its statistics are no constants")
    }
    guard try node.operands.int("training_mode", default: 0) == 0 else {
      throw node.unsupported("it is in training mode")
    }
    let epsilon = emitter.constant(try node.float("epsilon", default: 1e-5))
    let deviation = emitter.add("Sqrt", [emitter.add("Add", [node.node.inputs[4], epsilon])])
    let factor = emitter.add("Div", [node.node.inputs[1], deviation])
    var extents = [Int](repeating: 1, count: shape.rank)
    if shape.rank > 1 { extents[1] = shape[1] }
    let stretched = emitter.reshape(factor, to: Shape(extents))
    return node.first(emitter.product(try node.gradient(), stretched))
  }
  for operation in ["Identity", "Dropout"] {
    rules[operation] = { node, _ in node.first(try node.gradient()) }
  }
  rules["Cast"] = { node, emitter in
    _ = try node.shape(0)
    guard node.outputs.first??.elementType == .float32 else {
      throw node.unsupported("it makes another type than float32")
    }
    return node.first(try node.gradient())
  }
  return rules
}()

extension OperatorEmitter {
  /// 1 strictly between two bounds, else 0.
  fileprivate mutating func isBetween(_ x: String, low: Float, high: Float) -> String {
    switch (low.isFinite, high.isFinite) {
    case (true, true):
      return product(isLess(constant(low), x), isLess(x, constant(high)))
    case (true, false): return isLess(constant(low), x)
    case (false, true): return isLess(x, constant(high))
    case (false, false): return constant(1)
    }
  }
}

extension BackwardNode {
  /// A bound of `Clip`: an attribute up to opset 10, an input from 11 on; nil where there is none.
  fileprivate func bound(_ index: Int, _ key: String) throws -> Float? {
    guard operands.opset >= 11 else {
      return node.attributes[key] == nil ? nil : try float(key, default: 0)
    }
    guard operands.has(index) else { return nil }
    guard let value = operands.value(index)?.reals?.first else {
      throw unsupported("its bound \(key) is no constant")
    }
    return value
  }

  /// The axis that sums to 1.
  ///
  /// - Throws: `badData` where it is all axes from one on, as up to opset 12, and that is not the last:
  ///   engines disagree about it.
  fileprivate func softmaxAxes() throws -> [Int] {
    let rank = try shape(0).rank
    let latest = operands.opset >= 13
    let axis = try operands.axis(
      try operands.int("axis", default: latest ? -1 : 1), rank: rank)
    guard latest || axis == rank - 1 else {
      throw unsupported("its axis is not the last, in opset \(operands.opset)")
    }
    return [axis]
  }
}
