import SplitpipeCore

/// Convolutions. The gradient of one is the other with the same kernel: Dumoulin and Visin, "A guide to
/// convolution arithmetic for deep learning", 2016, chapter 4.
let convolutionGradients: [String: GradientRule] = [
  "Conv": { node, emitter in
    let (input, output) = (try node.shape(0), try node.outputShape())
    let kernel = try node.kernel()
    let window = try Window(node.operands, extents: Array(kernel.dimensions.dropFirst(2)))
    let pads = window.pads(of: input, makes: output)
    let gradient = try node.gradient()
    return try node.each { index in
      switch index {
      case 0:
        // Rows at the end that no window reached have no gradient.
        let rest = window.extents.indices.map { axis in
          input[axis + 2] - window.reach(axis, positions: output[axis + 2]) + pads[axis]
            + pads[axis + window.extents.count]
        }
        return emitter.add(
          "ConvTranspose", [gradient, emitter.copy(ofWeight: node.node.inputs[1])],
          attributes: window.attributes(pads).merging([
            "group": node.group, "output_padding": .integers(rest),
          ]) { first, _ in first })
      case 1:
        return emitter.kernelGradient(
          of: kernel, window, pads, groups: try node.operands.groups(),
          wide: (node.node.inputs[0], input), narrow: (gradient, output))
      default: return emitter.biasGradient(gradient, output)
      }
    }
  },
  "ConvTranspose": { node, emitter in
    let (input, output) = (try node.shape(0), try node.outputShape())
    let kernel = try node.kernel()
    let window = try Window(node.operands, extents: Array(kernel.dimensions.dropFirst(2)))
    // It is the convolution that makes its input's extents out of its output's.
    let pads = window.pads(of: output, makes: input)
    let gradient = try node.gradient()
    return try node.each { index in
      switch index {
      case 0:
        return emitter.add(
          "Conv", [gradient, emitter.copy(ofWeight: node.node.inputs[1])],
          attributes: window.attributes(pads).merging(["group": node.group]) { first, _ in first })
      case 1:
        return emitter.kernelGradient(
          of: kernel, window, pads, groups: try node.operands.groups(),
          wide: (gradient, output), narrow: (node.node.inputs[0], input))
      default: return emitter.biasGradient(gradient, output)
      }
    }
  },
]

extension OperatorEmitter {
  /// The gradient of the kernel of a convolution that makes `narrow` of `wide`, one of which is a gradient.
  ///
  /// It is a convolution again, batch and channels exchanged: pictures are summed over as channels are in
  /// the forward one, and its strides and dilations change places. A kernel of one place is a matrix.
  fileprivate mutating func kernelGradient(
    of kernel: Shape, _ window: Window, _ pads: [Int], groups: Int, wide: (String, Shape),
    narrow: (String, Shape)
  ) -> String {
    let (pictures, channels) = (wide.1[0], wide.1[1])
    let isPoint =
      kernel.dimensions.dropFirst(2).allSatisfy { $0 == 1 } && groups == 1
      && window.strides.allSatisfy { $0 == 1 } && pads.allSatisfy { $0 == 0 }
    if isPoint {
      func rows(_ tensor: (String, Shape)) -> String {
        let places = tensor.1.dimensions.dropFirst(2).reduce(1, *)
        return reshape(tensor.0, to: Shape([pictures, tensor.1[1], places]))
      }
      let columns = transpose(rows(wide), [0, 2, 1])
      let products = add("MatMul", [rows(narrow), columns])
      return reshape(sum(products, along: [0]), to: kernel)
    }
    let planes = Array(2..<wide.1.rank)
    let exchanged = [1, 0] + planes
    // Pictures of one group are neighbours, as channels of one group are in a grouped convolution.
    var picture = wide.0
    if groups == 1 {
      picture = transpose(picture, exchanged)
    } else {
      let extents = wide.1.dimensions.dropFirst(2)
      let grouped = reshape(
        picture, to: Shape([pictures, groups, channels / groups] + extents))
      picture = reshape(
        transpose(grouped, [2, 1, 0] + planes.map { $0 + 1 }),
        to: Shape([channels / groups, groups * pictures] + extents))
    }
    let places = narrow.1.dimensions.dropFirst(2)
    var made = add(
      "Conv", [picture, transpose(narrow.0, exchanged)],
      attributes: [
        "kernel_shape": .integers(Array(places)), "strides": .integers(window.dilations),
        "dilations": .integers(window.strides), "pads": .integers(pads),
        "group": .int(Int64(groups)),
      ])
    for (index, axis) in planes.enumerated() {
      // Where the window left places at the end, the kernel seems larger than it is.
      let extents = wide.1[axis] + pads[index] + pads[index + planes.count]
      let found =
        (extents - (narrow.1[axis] - 1) * window.strides[index] - 1)
        / window.dilations[index] + 1
      if found > kernel[axis] { made = slice(made, axis: axis, from: 0, to: kernel[axis]) }
    }
    return transpose(made, exchanged)
  }

  fileprivate mutating func biasGradient(_ gradient: String, _ shape: Shape) -> String {
    let others = [0] + Array(2..<shape.rank)
    return reshape(sum(gradient, along: others), to: Shape([shape[1]]))
  }
}

extension BackwardNode {
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
