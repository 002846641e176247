import SplitpipeCore

/// Operators whose output has the shape of the first input, or of the inputs stretched to one shape.
let elementwiseRules: [String: ShapeRule] = {
  var rules: [String: ShapeRule] = [:]
  let keeping = [
    "Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Celu", "Gelu", "Mish", "Sigmoid", "HardSigmoid",
    "HardSwish", "Softplus", "Softsign", "ThresholdedRelu", "Tanh", "Exp", "Log", "Erf", "Sin",
    "Cos", "Tan", "Sign", "Reciprocal", "Clip", "Softmax", "LogSoftmax", "Hardmax", "CumSum",
    "InstanceNormalization", "LayerNormalization", "GroupNormalization", "LRN", "LpNormalization",
    "ScatterND", "ScatterElements", "Scatter", "Trilu", "Round", "Swish", "RMSNormalization",
  ]
  for operation in keeping {
    rules[operation] = { operands in
      operands.type(0).map { [Inferred($0.shape, $0.elementType)] }
    }
  }
  rules["BatchNormalization"] = { operands in
    guard let input = operands.type(0) else { return nil }
    if let scale = operands.shape(1), input.shape.rank > 1, scale.count != input.shape[1] {
      throw operands.wrong("\(scale.count) scales for \(input.shape[1]) channels")
    }
    return [Inferred(input.shape, input.elementType)]
  }
  rules["Identity"] = { operands in
    operands.type(0).map { [Inferred($0.shape, $0.elementType, value: operands.value(0))] }
  }
  rules["Dropout"] = { operands in
    operands.type(0).map {
      [
        Inferred($0.shape, $0.elementType, value: operands.value(0)),
        Inferred($0.shape, .bool),
      ]
    }
  }
  for operation in ["Not", "IsNaN", "IsInf"] {
    rules[operation] = { operands in operands.shape(0).map { [Inferred($0, .bool)] } }
  }
  rules["Cast"] = castRule
  rules["CastLike"] = { operands in
    guard let input = operands.type(0), let like = operands.type(1) else { return nil }
    return [Inferred(input.shape, like.elementType)]
  }
  rules["QuantizeLinear"] = { operands in
    guard let input = operands.type(0) else { return nil }
    if operands.has(2) { return operands.type(2).map { [Inferred(input.shape, $0.elementType)] } }
    let number = try operands.int("output_dtype", default: 0)
    let type = number == 0 ? .uint8 : ElementType(rawValue: number)
    return type.map { [Inferred(input.shape, $0)] }
  }
  // Codes, and the scale and zero point they were made with.
  rules["DynamicQuantizeLinear"] = { operands in
    guard let input = operands.shape(0) else { return nil }
    return [
      Inferred(input, .uint8), Inferred(Shape([]), .float32), Inferred(Shape([]), .uint8),
    ]
  }
  rules["DequantizeLinear"] = { operands in
    guard let input = operands.type(0), let scale = operands.type(1) else { return nil }
    return [Inferred(input.shape, scale.elementType)]
  }
  return rules
}()

private let castRule: ShapeRule = { operands in
  guard let input = operands.type(0) else { return nil }
  guard let type = ElementType(rawValue: try operands.int("to", default: 0)) else {
    throw operands.wrong("it casts to an element type splitpipe does not know")
  }
  return [Inferred(input.shape, type, value: operands.value(0)?.cast(to: type))]
}

extension FoldedValue {
  /// The value in another element type, rounding towards zero as ONNX does; nil where it has none.
  func cast(to type: ElementType) -> FoldedValue? {
    let converted: Elements?
    switch (elements, type) {
    case (.integers(let values), .int64), (.integers(let values), .int32):
      converted = .integers(values)
    case (.integers(let values), .bool): converted = .integers(values.map { $0 == 0 ? 0 : 1 })
    case (.integers(let values), .float32): converted = .reals(values.map(Float.init))
    case (.reals(let values), .float32): converted = .reals(values)
    case (.reals(let values), .int64), (.reals(let values), .int32):
      let integers = values.compactMap { Int64(exactly: $0.rounded(.towardZero)) }
      converted = integers.count == values.count ? .integers(integers) : nil
    case (.reals(let values), .bool): converted = .integers(values.map { $0 == 0 ? 0 : 1 })
    default: converted = nil
    }
    return converted.flatMap { FoldedValue(shape: shape, elementType: type, elements: $0) }
  }
}

/// The shape that shapes stretch to together (NumPy's broadcasting); nil if they cannot.
func broadcast(_ shapes: [Shape]) -> Shape? {
  let rank = shapes.map(\.rank).max() ?? 0
  var extents = [Int](repeating: 1, count: rank)
  for shape in shapes {
    for (axis, extent) in zip((rank - shape.rank)..., shape.dimensions) where extent != 1 {
      guard extents[axis] == 1 || extents[axis] == extent else { return nil }
      extents[axis] = extent
    }
  }
  return Shape(limited: extents)
}
