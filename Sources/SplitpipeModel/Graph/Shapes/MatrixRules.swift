import SplitpipeCore

/// Matrix products.
let matrixRules: [String: ShapeRule] = [
  "Gemm": { operands in
    guard let a = operands.type(0), let b = operands.shape(1) else { return nil }
    guard a.shape.rank == 2, b.rank == 2 else {
      throw operands.wrong("it multiplies \(a.shape) by \(b), expected two matrices")
    }
    let transposesA = try operands.int("transA", default: 0) != 0
    let transposesB = try operands.int("transB", default: 0) != 0
    guard a.shape[transposesA ? 0 : 1] == b[transposesB ? 1 : 0] else {
      throw operands.wrong("\(a.shape) and \(b) cannot be multiplied")
    }
    let shape = try operands.makeShape([a.shape[transposesA ? 1 : 0], b[transposesB ? 0 : 1]])
    return [Inferred(shape, a.elementType)]
  },
  "MatMul": { operands in
    guard let a = operands.type(0), let b = operands.shape(1) else { return nil }
    return try multiplied(operands, a.shape, b, makes: a.elementType)
  },
  "MatMulInteger": { operands in
    guard let a = operands.shape(0), let b = operands.shape(1) else { return nil }
    return try multiplied(operands, a, b, makes: .int32)
  },
]

private func multiplied(
  _ operands: Operands, _ a: Shape, _ b: Shape, makes type: ElementType
) throws -> [Inferred?]? {
  guard a.rank > 0, b.rank > 0 else {
    throw operands.wrong("\(a) and \(b) cannot be multiplied")
  }
  // A vector on the left is a row, on the right a column; the added extent is dropped again.
  let left = a.rank == 1 ? [1] + a.dimensions : a.dimensions
  let right = b.rank == 1 ? b.dimensions + [1] : b.dimensions
  guard left[left.count - 1] == right[right.count - 2],
    let batch = broadcast([
      try operands.makeShape(left.dropLast(2)), try operands.makeShape(right.dropLast(2)),
    ])
  else { throw operands.wrong("\(a) and \(b) cannot be multiplied") }
  var extents = batch.dimensions
  if a.rank > 1 { extents.append(left[left.count - 2]) }
  if b.rank > 1 { extents.append(right[right.count - 1]) }
  return [Inferred(try operands.makeShape(extents), type)]
}

extension Operands {
  /// Multiply-accumulate operations of the node: for each element of the output, the length of the
  /// sum it is; biases and element-wise operators count nothing.
  func multiplyAccumulates(output: Shape?) throws -> Int {
    guard node.domain.isEmpty, let output, let first = shape(0), let second = shape(1) else {
      return 0
    }
    let (elements, length): (Int, Int)
    switch node.operation {
    case "Conv", "ConvInteger":
      (elements, length) = (output.count, second.dimensions.dropFirst().reduce(1, *))
    case "ConvTranspose":
      (elements, length) = (first.count, second.dimensions.dropFirst().reduce(1, *))
    case "Gemm":
      let transposed = try int("transA", default: 0) != 0
      (elements, length) = (output.count, first[transposed ? 0 : 1])
    case "MatMul", "MatMulInteger":
      (elements, length) = (output.count, first[first.rank - 1])
    default: return 0
    }
    let (product, overflow) = elements.multipliedReportingOverflow(by: length)
    guard !overflow, product <= ModelLimits.macs else { throw wrong("it is too large to run") }
    return product
  }
}
