import SplitpipeCore

/// Operators on stretched operands whose values are followed, as exporters compute shapes and grids
/// with them.
let arithmeticRules: [String: ShapeRule] = {
  var rules: [String: ShapeRule] = [:]
  for operation in [
    "Add", "Sub", "Mul", "Div", "Mod", "Pow", "Min", "Max", "Sum", "Mean", "BitShift",
  ] {
    rules[operation] = { operands in try combine(operands, makes: nil) }
  }
  for operation in [
    "Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual", "And", "Or", "Xor",
  ] {
    rules[operation] = { operands in try combine(operands, makes: .bool) }
  }
  for operation in ["Floor", "Ceil", "Neg", "Abs", "Sqrt"] {
    rules[operation] = { operands in
      operands.type(0).map {
        [Inferred($0.shape, $0.elementType, value: operands.value(0)?.applying(operation))]
      }
    }
  }
  rules["Where"] = { operands in
    guard let condition = operands.shape(0), let yes = operands.type(1), let no = operands.type(2)
    else { return nil }
    guard let shape = broadcast([condition, yes.shape, no.shape]) else {
      throw operands.wrong("\(condition), \(yes.shape) and \(no.shape) do not stretch to one shape")
    }
    return [Inferred(shape, yes.elementType, value: choose(operands, shape: shape))]
  }
  return rules
}()

private func combine(_ operands: Operands, makes type: ElementType?) throws -> [Inferred?]? {
  var inputs: [TensorType] = []
  for index in 0..<operands.count {
    guard let input = operands.type(index) else { return nil }
    inputs.append(input)
  }
  guard let first = inputs.first else { return nil }
  guard let shape = broadcast(inputs.map(\.shape)) else {
    let shapes = inputs.map(\.shape.description).joined(separator: " and ")
    throw operands.wrong("\(shapes) do not stretch to one shape")
  }
  var value: FoldedValue?
  if inputs.count == 2, shape.count <= ModelLimits.foldedElements,
    let left = operands.value(0), let right = operands.value(1)
  {
    value = left.combined(with: right, shape: shape, by: operands.node.operation)
  }
  return [Inferred(shape, type ?? first.elementType, value: value)]
}

private func choose(_ operands: Operands, shape: Shape) -> FoldedValue? {
  guard shape.count <= ModelLimits.foldedElements, let condition = operands.value(0)?.integers,
    let yes = operands.value(1), let no = operands.value(2), let conditionShape = operands.shape(0)
  else { return nil }
  let picks = stretchedPositions(of: conditionShape, to: shape)
  let fromYes = stretchedPositions(of: yes.shape, to: shape)
  let fromNo = stretchedPositions(of: no.shape, to: shape)
  switch (yes.elements, no.elements) {
  case (.integers(let a), .integers(let b)):
    let chosen = picks.indices.map { condition[picks[$0]] != 0 ? a[fromYes[$0]] : b[fromNo[$0]] }
    return FoldedValue(shape: shape, elementType: yes.elementType, elements: .integers(chosen))
  case (.reals(let a), .reals(let b)):
    let chosen = picks.indices.map { condition[picks[$0]] != 0 ? a[fromYes[$0]] : b[fromNo[$0]] }
    return FoldedValue(shape: shape, elementType: yes.elementType, elements: .reals(chosen))
  default: return nil
  }
}

/// For every element of the stretched shape, the position of the element it repeats.
///
/// - Precondition: `shape` stretches to `target`.
func stretchedPositions(of shape: Shape, to target: Shape) -> [Int] {
  guard target.count > 0 else { return [] }
  var positions = [0]
  var stride = shape.count
  for axis in 0..<target.rank {
    let own = axis - (target.rank - shape.rank)
    let extent = own < 0 ? 1 : shape[own]
    stride = extent == 0 ? 0 : stride / extent
    let step = extent == 1 ? 0 : stride
    positions = positions.flatMap { first in (0..<target[axis]).map { first + $0 * step } }
  }
  return positions
}

extension FoldedValue {
  func combined(with other: FoldedValue, shape: Shape, by operation: String) -> FoldedValue? {
    let left = stretchedPositions(of: self.shape, to: shape)
    let right = stretchedPositions(of: other.shape, to: shape)
    switch (elements, other.elements) {
    case (.integers(let a), .integers(let b)):
      let pairs = zip(left, right).map { (a[$0], b[$1]) }
      if let compare = integerComparisons[operation] {
        let results: [Int64] = pairs.map { compare($0, $1) ? 1 : 0 }
        return FoldedValue(shape: shape, elementType: .bool, elements: .integers(results))
      }
      let results = pairs.compactMap { integerResult(operation, $0, $1) }
      guard results.count == pairs.count else { return nil }
      return FoldedValue(shape: shape, elementType: elementType, elements: .integers(results))
    case (.reals(let a), .reals(let b)):
      let results = zip(left, right).compactMap { realResult(operation, a[$0], b[$1]) }
      guard results.count == left.count else { return nil }
      return FoldedValue(shape: shape, elementType: elementType, elements: .reals(results))
    default: return nil
    }
  }

  func applying(_ operation: String) -> FoldedValue? {
    switch elements {
    case .integers(let values):
      guard operation == "Neg" || operation == "Abs" else { return nil }
      guard !values.contains(.min) else { return nil }
      let results = values.map { operation == "Neg" ? -$0 : abs($0) }
      return FoldedValue(shape: shape, elementType: elementType, elements: .integers(results))
    case .reals(let values):
      let results = values.map { value -> Float in
        switch operation {
        case "Floor": value.rounded(.down)
        case "Ceil": value.rounded(.up)
        case "Neg": -value
        case "Abs": abs(value)
        default: value.squareRoot()
        }
      }
      return FoldedValue(shape: shape, elementType: elementType, elements: .reals(results))
    }
  }
}

private let integerComparisons: [String: @Sendable (Int64, Int64) -> Bool] = [
  "Equal": { $0 == $1 }, "Less": { $0 < $1 }, "Greater": { $0 > $1 },
  "LessOrEqual": { $0 <= $1 }, "GreaterOrEqual": { $0 >= $1 },
  "And": { $0 != 0 && $1 != 0 }, "Or": { $0 != 0 || $1 != 0 }, "Xor": { ($0 != 0) != ($1 != 0) },
]

/// nil where the result does not exist or does not fit.
private func integerResult(_ operation: String, _ a: Int64, _ b: Int64) -> Int64? {
  let result: (partialValue: Int64, overflow: Bool)
  switch operation {
  case "Add", "Sum": result = a.addingReportingOverflow(b)
  case "Sub": result = a.subtractingReportingOverflow(b)
  case "Mul": result = a.multipliedReportingOverflow(by: b)
  case "Div": result = a.dividedReportingOverflow(by: b)
  case "Min": return min(a, b)
  case "Max": return max(a, b)
  case "Mod":
    // The sign of the divisor, as in Python.
    guard b > 0 else { return nil }
    let rest = a % b
    return rest < 0 ? rest + b : rest
  default: return nil
  }
  return result.overflow ? nil : result.partialValue
}

private func realResult(_ operation: String, _ a: Float, _ b: Float) -> Float? {
  switch operation {
  case "Add", "Sum": a + b
  case "Sub": a - b
  case "Mul": a * b
  case "Div": a / b
  case "Min": min(a, b)
  case "Max": max(a, b)
  default: nil
  }
}
