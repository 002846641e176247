import SplitpipeCore

/// Operators that put one element in the place of many along some axes.
let reductionRules: [String: ShapeRule] = {
  var rules: [String: ShapeRule] = [:]
  let operations = [
    "Mean", "Max", "Min", "Sum", "Prod", "L1", "L2", "LogSum", "LogSumExp", "SumSquare",
  ]
  for operation in operations {
    // The axes became an input in opset 13 for the sum and in 18 for the others.
    let first = operation == "Sum" ? 13 : 18
    rules["Reduce" + operation] = { operands in
      guard let input = operands.type(0) else { return nil }
      let axes = try operands.axes(input: 1, fromOpset: first) ?? []
      let keepsAll = try operands.int("noop_with_empty_axes", default: 0) != 0
      if axes.isEmpty, keepsAll { return [Inferred(input.shape, input.elementType)] }
      let shape = try operands.reduced(input.shape, along: axes)
      return [Inferred(shape, input.elementType)]
    }
  }
  for operation in ["ArgMax", "ArgMin"] {
    rules[operation] = { operands in
      guard let input = operands.shape(0) else { return nil }
      let axis = try operands.int("axis", default: 0)
      return [Inferred(try operands.reduced(input, along: [axis]), .int64)]
    }
  }
  rules["TopK"] = { operands in
    guard let input = operands.type(0) else { return nil }
    let counts = operands.opset >= 10 ? operands.integers(1) : [try operands.int("k", default: 0)]
    guard let count = counts?.first else { return nil }
    let axis = try operands.axis(try operands.int("axis", default: -1), rank: input.shape.rank)
    guard (0...input.shape[axis]).contains(count) else {
      throw operands.wrong("it wants \(count) of \(input.shape[axis]) elements")
    }
    var extents = input.shape.dimensions
    extents[axis] = count
    let shape = try operands.makeShape(extents)
    return [Inferred(shape, input.elementType), Inferred(shape, .int64)]
  }
  return rules
}()

extension Operands {
  /// No axes mean all of them.
  fileprivate func reduced(_ shape: Shape, along axes: [Int]) throws -> Shape {
    let reduced = Set(try axes.map { try axis($0, rank: shape.rank) })
    let keepsDimensions = try int("keepdims", default: 1) != 0
    var extents: [Int] = []
    for (axis, extent) in shape.dimensions.enumerated() {
      if !axes.isEmpty, !reduced.contains(axis) {
        extents.append(extent)
      } else if keepsDimensions {
        extents.append(1)
      }
    }
    return try makeShape(extents)
  }
}
