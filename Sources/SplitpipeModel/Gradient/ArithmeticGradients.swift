import SplitpipeCore

/// Operators on operands that are stretched to one shape.
let arithmeticGradients: [String: GradientRule] = {
  var rules: [String: GradientRule] = [:]
  /// The gradient of each operand, in the stretched shape.
  func rule(
    _ operation: String,
    _ part:
      @escaping @Sendable (_ index: Int, _ gradient: String, BackwardNode, inout OperatorEmitter)
      throws -> String
  ) {
    rules[operation] = { node, emitter in
      let (gradient, shape) = (try node.gradient(), try node.outputShape())
      return try node.each { index in
        let own = try node.shape(index)
        let made = try part(index, gradient, node, &emitter)
        return emitter.unstretch(made, from: shape, to: own)
      }
    }
  }
  for operation in ["Add", "Sum"] { rule(operation) { _, gradient, _, _ in gradient } }
  rule("Mean") { _, gradient, node, emitter in
    emitter.product(gradient, 1 / Float(node.node.inputs.count))
  }
  rule("Sub") { index, gradient, _, emitter in
    index == 0 ? gradient : emitter.negative(gradient)
  }
  rule("Mul") { index, gradient, node, emitter in
    emitter.product(gradient, node.node.inputs[1 - index])
  }
  rule("Div") { index, gradient, node, emitter in
    let (top, bottom) = (node.node.inputs[0], node.node.inputs[1])
    let share = emitter.add("Div", [gradient, bottom])
    if index == 0 { return share }
    return emitter.negative(
      emitter.product(share, emitter.add("Div", [top, bottom])))
  }
  rule("Pow") { index, gradient, node, emitter in
    guard index == 0 else { throw node.unsupported("its exponent is no constant") }
    let (base, exponent) = (node.node.inputs[0], node.node.inputs[1])
    // An exponent of integers would make the next one of integers, too.
    let power = emitter.add("Cast", [exponent], attributes: ["to": .int(1)])
    let less = emitter.add("Sub", [power, emitter.constant(1)])
    let slope = emitter.product(emitter.add("Pow", [base, less]), power)
    return emitter.product(gradient, slope)
  }
  // Of operands that are alike, each has a half.
  for operation in ["Max", "Min"] {
    rule(operation) { index, gradient, node, emitter in
      guard node.node.inputs.count == 2 else {
        throw node.unsupported("it has \(node.node.inputs.count) operands, expected 2")
      }
      let (own, other) = (node.node.inputs[index], node.node.inputs[1 - index])
      let (large, small) = operation == "Max" ? (own, other) : (other, own)
      let both = emitter.add(
        "Add", [emitter.isNotLess(large, small), emitter.isLess(small, large)])
      return emitter.product(emitter.product(gradient, both), 0.5)
    }
  }
  rule("Where") { index, gradient, node, emitter in
    guard index > 0 else { throw node.unsupported("its condition has none") }
    let zero = emitter.constant(0)
    return emitter.add(
      "Where", [node.node.inputs[0]] + (index == 1 ? [gradient, zero] : [zero, gradient]))
  }
  return rules
}()
