import SplitpipeCore

/// Operators that join, cut, pad and pick, and those that make tensors out of numbers.
let partRules: [String: ShapeRule] = [
  "Concat": concatenation,
  "Split": splitting,
  "Slice": slicing,
  "Gather": gathering,
  "GatherElements": { operands in
    guard let input = operands.type(0), let indices = operands.shape(1) else { return nil }
    return [Inferred(indices, input.elementType)]
  },
  // Values of X (N×C×…) at the places of a grid (N×…×axes).
  "GridSample": { operands in
    guard let input = operands.type(0), let grid = operands.shape(1) else { return nil }
    guard input.shape.rank > 2, grid.rank == input.shape.rank else {
      throw operands.wrong("it looks up places \(grid) in \(input.shape)")
    }
    let places = grid.dimensions.dropFirst().dropLast()
    let shape = try operands.makeShape([input.shape[0], input.shape[1]] + places)
    return [Inferred(shape, input.elementType)]
  },
  "Pad": padding,
  "Shape": { operands in
    guard let input = operands.shape(0) else { return nil }
    let rank = input.rank
    let start = min(max(try operands.int("start", default: 0), -rank), rank)
    let end = min(max(try operands.int("end", default: rank), -rank), rank)
    let from = start < 0 ? start + rank : start
    let to = max(from, end < 0 ? end + rank : end)
    let extents = input.dimensions[from..<to].map(Int64.init)
    return [
      Inferred(Shape([extents.count]), .int64, elements: .integers(extents))
    ]
  },
  "Size": { operands in
    guard let input = operands.shape(0) else { return nil }
    return [
      Inferred(Shape([]), .int64, elements: .integers([Int64(input.count)]))
    ]
  },
  "ConstantOfShape": { operands in
    guard let extents = operands.integers(0) else { return nil }
    let shape = try operands.makeShape(extents)
    guard case .tensor(let weight)? = operands.node.attributes["value"] else {
      return [Inferred(shape, .float32)]
    }
    var value: FoldedValue?
    if shape.count <= ModelLimits.foldedElements, weight.shape.count == 1 {
      let zeros = [Int](repeating: 0, count: shape.count)
      value = FoldedValue(weight)?.picking(zeros, shape: shape)
    }
    return [Inferred(shape, weight.elementType, value: value)]
  },
  "Range": { operands in
    guard let start = operands.value(0), let limit = operands.value(1),
      let step = operands.value(2)
    else { return nil }
    return try range(operands, start: start, limit: limit, step: step)
  },
]

private let concatenation: ShapeRule = { operands in
  var inputs: [TensorType] = []
  for index in 0..<operands.count {
    guard let input = operands.type(index) else { return nil }
    inputs.append(input)
  }
  guard let first = inputs.first else { throw operands.wrong("it has no input") }
  for input in inputs where input.elementType != first.elementType {
    throw operands.wrong("it joins \(first.elementType) and \(input.elementType)")
  }
  let axis = try operands.axis(try operands.int("axis", default: 1), rank: first.shape.rank)
  var extents = first.shape.dimensions
  for input in inputs.dropFirst() {
    var expected = extents
    guard input.shape.rank == expected.count else {
      throw operands.wrong("it joins \(first.shape) and \(input.shape)")
    }
    expected[axis] = input.shape[axis]
    guard input.shape.dimensions == expected else {
      throw operands.wrong("it joins \(first.shape) and \(input.shape) along axis \(axis)")
    }
    let (sum, overflow) = extents[axis].addingReportingOverflow(input.shape[axis])
    guard !overflow else { throw operands.wrong("its output is too large") }
    extents[axis] = sum
  }
  let shape = try operands.makeShape(extents)
  return [Inferred(shape, first.elementType, value: joined(operands, shape: shape))]
}

/// The value of vectors joined end to end.
private func joined(_ operands: Operands, shape: Shape) -> FoldedValue? {
  guard shape.rank == 1, shape.count <= ModelLimits.foldedElements else { return nil }
  var integers: [Int64] = []
  var reals: [Float] = []
  var type: ElementType?
  for index in 0..<operands.count {
    guard let part = operands.value(index) else { return nil }
    type = part.elementType
    switch part.elements {
    case .integers(let values): integers += values
    case .reals(let values): reals += values
    }
  }
  guard let type, integers.isEmpty || reals.isEmpty else { return nil }
  return FoldedValue(
    shape: shape, elementType: type,
    elements: type == .float32 ? .reals(reals) : .integers(integers))
}

private let splitting: ShapeRule = { operands in
  guard let input = operands.type(0) else { return nil }
  let axis = try operands.axis(try operands.int("axis", default: 0), rank: input.shape.rank)
  let whole = input.shape[axis]
  let count = operands.node.outputs.count
  var parts: [Int]
  if operands.opset >= 13, operands.has(1) {
    guard let given = operands.integers(1) else { return nil }
    parts = given
  } else if operands.opset < 13, let given = try operands.ints("split") {
    parts = given
  } else {
    let size = count == 0 ? 0 : (whole + count - 1) / count
    parts = (0..<count).map { max(0, min(size, whole - $0 * size)) }
  }
  var left = whole
  for part in parts {
    guard (0...left).contains(part) else {
      throw operands.wrong("\(parts) do not add up to \(whole)")
    }
    left -= part
  }
  guard left == 0, parts.count == count else {
    throw operands.wrong("\(parts) do not add up to \(whole) in \(count) outputs")
  }
  var start = 0
  return try parts.map { part in
    var extents = input.shape.dimensions
    extents[axis] = part
    let shape = try operands.makeShape(extents)
    let positions = start..<start + part
    start += part
    let value = input.shape.rank == 1 ? operands.value(0) : nil
    return Inferred(
      shape, input.elementType, value: value?.picking(Array(positions), shape: shape))
  }
}

private let gathering: ShapeRule = { operands in
  guard let input = operands.type(0), let indices = operands.shape(1) else { return nil }
  let axis = try operands.axis(try operands.int("axis", default: 0), rank: input.shape.rank)
  let shape = try operands.makeShape(
    input.shape.dimensions.prefix(axis) + indices.dimensions
      + input.shape.dimensions.dropFirst(axis + 1))
  var value: FoldedValue?
  if input.shape.rank == 1, let data = operands.value(0), let wanted = operands.integers(1) {
    let positions = try wanted.map { try operands.axis($0, rank: data.shape.count) }
    value = data.picking(positions, shape: shape)
  }
  return [Inferred(shape, input.elementType, value: value)]
}

private let padding: ShapeRule = { operands in
  guard let input = operands.type(0) else { return nil }
  let rank = input.shape.rank
  let given = operands.opset < 11 ? try operands.ints("pads") : operands.integers(1)
  guard let pads = given else { return nil }
  var axes = Array(0..<rank)
  if operands.has(3) {
    guard let named = operands.integers(3) else { return nil }
    axes = try named.map { try operands.axis($0, rank: rank) }
  }
  guard pads.count == 2 * axes.count else {
    throw operands.wrong("\(pads.count) pads for \(axes.count) axes")
  }
  var extents = input.shape.dimensions
  for (index, axis) in axes.enumerated() { extents[axis] += pads[index] + pads[index + axes.count] }
  return [Inferred(try operands.makeShape(extents), input.elementType)]
}

private func range(
  _ operands: Operands, start: FoldedValue, limit: FoldedValue, step: FoldedValue
) throws -> [Inferred?]? {
  switch (start.elements, limit.elements, step.elements) {
  case (.integers(let a), .integers(let b), .integers(let s)):
    guard let a = a.first, let b = b.first, let s = s.first, s != 0 else {
      throw operands.wrong("its step is 0")
    }
    let (distance, overflow) = b.subtractingReportingOverflow(a)
    guard !overflow, distance != .min, s != .min else { throw operands.wrong("it is too long") }
    let whole = distance / s
    let count = Int(max(0, whole + (distance % s != 0 && (distance < 0) == (s < 0) ? 1 : 0)))
    let shape = try operands.makeShape([count])
    guard count <= ModelLimits.foldedElements else { return [Inferred(shape, start.elementType)] }
    let values = (0..<Int64(count)).map { a + $0 * s }
    return [
      Inferred(shape, start.elementType, elements: .integers(values))
    ]
  case (.reals(let a), .reals(let b), .reals(let s)):
    guard let a = a.first, let b = b.first, let s = s.first,
      let count = Int(exactly: ((b - a) / s).rounded(.up))
    else { throw operands.wrong("its length is not a number") }
    let shape = try operands.makeShape([max(0, count)])
    guard shape.count <= ModelLimits.foldedElements else { return [Inferred(shape, .float32)] }
    let values = (0..<shape.count).map { a + Float($0) * s }
    return [Inferred(shape, .float32, elements: .reals(values))]
  default: return nil
  }
}
