import SplitpipeCore

/// Operators on codes that ONNX Runtime adds to the standard's (domain `com.microsoft`), as its
/// quantizer writes them in the format of operators. After each tensor come its scale and zero point.
let runtimeRules: [String: ShapeRule] = {
  var rules: [String: ShapeRule] = [:]
  for operation in ["QLinearSigmoid", "QLinearLeakyRelu", "QLinearSoftmax"] {
    rules[operation] = { operands in
      operands.type(0).map { [Inferred($0.shape, $0.elementType)] }
    }
  }
  for operation in ["QLinearAdd", "QLinearMul"] {
    rules[operation] = { operands in
      guard let left = operands.type(0), let right = operands.shape(3) else { return nil }
      guard let shape = broadcast([left.shape, right]) else {
        throw operands.wrong("\(left.shape) and \(right) do not stretch to one shape")
      }
      return [Inferred(shape, left.elementType)]
    }
  }
  rules["QLinearGlobalAveragePool"] = { operands in
    guard let input = operands.type(0), try operands.int("channels_last", default: 0) == 0 else {
      return nil
    }
    guard input.shape.rank > 2 else { throw operands.wrong("its input is \(input.shape)") }
    let extents = input.shape.dimensions.indices.map { $0 < 2 ? input.shape[$0] : 1 }
    return [Inferred(try operands.makeShape(extents), input.elementType)]
  }
  // Scale and zero point of the result come first.
  rules["QLinearConcat"] = { operands in
    var shapes: [Shape] = []
    for index in stride(from: 2, to: operands.count, by: 3) {
      guard let shape = operands.shape(index) else { return nil }
      shapes.append(shape)
    }
    guard let first = shapes.first, let type = operands.type(2)?.elementType else { return nil }
    let axis = try operands.axis(try operands.int("axis", default: 0), rank: first.rank)
    var extents = first.dimensions
    extents[axis] = 0
    for shape in shapes {
      guard shape.rank == first.rank,
        shape.dimensions.indices.allSatisfy({ $0 == axis || shape[$0] == first[$0] })
      else { throw operands.wrong("it joins \(first) and \(shape) along axis \(axis)") }
      extents[axis] += shape[axis]
    }
    return [Inferred(try operands.makeShape(extents), type)]
  }
  return rules
}()
