import SplitpipeCore

/// Convolutions. The gradient of one is the other with the same kernel: Dumoulin and Visin, "A guide to
/// convolution arithmetic for deep learning", 2016, chapter 4.
let convolutionGradients: [String: GradientRule] = [
  "Conv": { node, emitter in
    try node.requireConstantKernel()
    let (input, output) = (try node.shape(0), try node.outputShape())
    let kernel = try node.kernel()
    let window = try Window(node.operands, extents: Array(kernel.dimensions.dropFirst(2)))
    let pads = window.pads(of: input, makes: output)
    // Rows at the end that no window reached have no gradient.
    let rest = window.extents.indices.map { axis in
      input[axis + 2] - window.reach(axis, positions: output[axis + 2]) + pads[axis]
        + pads[axis + window.extents.count]
    }
    let made = emitter.add(
      "ConvTranspose", [try node.gradient(), emitter.copy(ofWeight: node.node.inputs[1])],
      attributes: window.attributes(pads).merging([
        "group": node.group, "output_padding": .integers(rest),
      ]) { first, _ in first })
    return node.first(made)
  },
  "ConvTranspose": { node, emitter in
    try node.requireConstantKernel()
    let (input, output) = (try node.shape(0), try node.outputShape())
    let kernel = try node.kernel()
    let window = try Window(node.operands, extents: Array(kernel.dimensions.dropFirst(2)))
    // It is the convolution that makes its input's extents out of its output's.
    let pads = window.pads(of: output, makes: input)
    let made = emitter.add(
      "Conv", [try node.gradient(), emitter.copy(ofWeight: node.node.inputs[1])],
      attributes: window.attributes(pads).merging(["group": node.group]) { first, _ in first })
    return node.first(made)
  },
]

extension BackwardNode {
  fileprivate func requireConstantKernel() throws {
    guard wanted.dropFirst().allSatisfy({ !$0 }) else {
      throw unsupported("its kernel is no constant")
    }
  }

  fileprivate func kernel() throws -> Shape {
    guard let kernel = operands.shape(1) else {
      throw unsupported("its kernel's shape is not known")
    }
    return kernel
  }

  fileprivate var group: Attribute { node.attributes["group"] ?? .int(1) }
}

extension Window {
  /// Places of the padded input from the first that a number of window positions reach to the last.
  func reach(_ axis: Int, positions: Int) -> Int {
    (positions - 1) * strides[axis] + (extents[axis] - 1) * dilations[axis] + 1
  }

  /// The padding as numbers, begins of all axes, then ends, whatever `auto_pad` calls it.
  func pads(of input: Shape, makes output: Shape) -> [Int] {
    guard autoPad.hasPrefix("SAME") else {
      return autoPad == "VALID" ? [Int](repeating: 0, count: pads.count) : pads
    }
    var made = [Int](repeating: 0, count: pads.count)
    for axis in extents.indices {
      let total = max(0, reach(axis, positions: output[axis + 2]) - input[axis + 2])
      let small = total / 2
      let begin = autoPad == "SAME_LOWER" ? total - small : small
      (made[axis], made[axis + extents.count]) = (begin, total - begin)
    }
    return made
  }

  fileprivate func attributes(_ pads: [Int]) -> [String: Attribute] {
    [
      "kernel_shape": .integers(extents), "strides": .integers(strides),
      "dilations": .integers(dilations), "pads": .integers(pads),
    ]
  }
}
