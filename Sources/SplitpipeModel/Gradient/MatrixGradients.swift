import SplitpipeCore

/// Matrix products.
let matrixGradients: [String: GradientRule] = [
  "MatMul": { node, emitter in
    let (a, b) = (try node.shape(0), try node.shape(1))
    guard a.rank > 1, b.rank > 1 else { throw node.unsupported("one operand is a vector") }
    let (gradient, output) = (try node.gradient(), try node.outputShape())
    return node.each { index in
      let other = emitter.copy(ofWeight: node.node.inputs[1 - index])
      let flipped = emitter.transpose(other, lastTwoSwapped((index == 0 ? b : a).rank))
      let made = emitter.add("MatMul", index == 0 ? [gradient, flipped] : [flipped, gradient])
      let own = index == 0 ? a : b
      let stretched = output.dimensions.dropLast(2) + own.dimensions.suffix(2)
      return emitter.unstretch(made, from: Shape(Array(stretched)), to: own)
    }
  },
  // alpha·A′B′ + beta·C, each of A and B transposed or not.
  "Gemm": { node, emitter in
    let gradient = try node.gradient()
    let output = try node.outputShape()
    let (alpha, beta) = (
      try node.float("alpha", default: 1), try node.float("beta", default: 1)
    )
    let transposed = [
      try node.operands.int("transA", default: 0) != 0,
      try node.operands.int("transB", default: 0) != 0,
    ]
    return try node.each { index in
      guard index < 2 else {
        return emitter.unstretch(
          emitter.product(gradient, beta), from: output, to: try node.shape(index))
      }
      var other = emitter.copy(ofWeight: node.node.inputs[1 - index])
      if !transposed[1 - index] { other = emitter.transpose(other, [1, 0]) }
      var made = emitter.add("MatMul", index == 0 ? [gradient, other] : [other, gradient])
      if transposed[index] { made = emitter.transpose(made, [1, 0]) }
      return emitter.product(made, alpha)
    }
  },
]

private func lastTwoSwapped(_ rank: Int) -> [Int] {
  Array(0..<(rank - 2)) + [rank - 1, rank - 2]
}
