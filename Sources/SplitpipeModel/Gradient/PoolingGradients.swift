import SplitpipeCore

/// Operators that put one element in the place of a window.
///
/// A window of rows and columns is taken as one along each axis after the other. Its elements are slices of
/// the input, so that nothing but slices, comparisons and sums is needed: pooling that gives indices runs
/// many times slower in OpenVINO.
let poolingGradients: [String: GradientRule] = [
  "MaxPool": { node, emitter in
    // The last axis first: on the way back the first row that holds the greatest element has the gradient,
    // and in it the first column, as in PyTorch.
    let passes = try node.poolingPasses()
    var tensor = node.node.inputs[0]
    var steps: [(pass: PoolingPass, elements: [String], largest: String)] = []
    for pass in passes {
      let elements = emitter.elements(of: tensor, pass, outside: -.greatestFiniteMagnitude)
      tensor = elements.dropFirst().reduce(elements[0]) { emitter.add("Max", [$0, $1]) }
      steps.append((pass, elements, tensor))
    }
    var gradient = try node.gradient()
    for step in steps.reversed() {
      let parts = emitter.share(gradient, among: step.elements, largest: step.largest)
      gradient = emitter.collect(parts, step.pass)
    }
    return node.first(gradient)
  },
  "AveragePool": { node, emitter in
    let passes = try node.poolingPasses()
    let includesPads = try node.operands.int("count_include_pad", default: 0) != 0
    var gradient = try node.gradient()
    for pass in passes.reversed() {
      var extents = [Int](repeating: 1, count: pass.input.rank)
      extents[pass.axis] = pass.positions
      let shares = pass.counts(includingPads: includesPads).map { 1 / Float($0) }
      let share = emitter.product(gradient, emitter.constant(shares, Shape(extents)))
      gradient = emitter.collect([String](repeating: share, count: pass.extent), pass)
    }
    return node.first(gradient)
  },
  "GlobalAveragePool": { node, emitter in
    let shape = try node.shape(0)
    let count = shape.dimensions.dropFirst(2).reduce(1, *)
    let stretched = emitter.expand(try node.gradient(), to: shape)
    return node.first(emitter.product(stretched, 1 / Float(max(1, count))))
  },
  "GlobalMaxPool": { node, emitter in
    let shape = try node.shape(0)
    let share = emitter.shareOfLargest(
      node.node.inputs[0], node.node.outputs[0], along: Array(2..<shape.rank))
    return node.first(emitter.product(share, try node.gradient()))
  },
]

/// A window's way along one axis.
private struct PoolingPass {
  let axis: Int
  /// Of the tensor that it moves over.
  let input: Shape
  let extent: Int
  let stride: Int
  let dilation: Int
  /// Places put before the axis and behind it.
  let before: Int
  let behind: Int
  /// As the operator says it, for counts.
  let saidBehind: Int
  let positions: Int

  /// Places along the axis, with those put before and behind.
  var padded: Int { before + input[axis] + behind }

  /// How many elements each position of the window has.
  func counts(includingPads: Bool) -> [Int] {
    (0..<positions).map { position in
      let places = (0..<extent).map { position * stride + $0 * dilation - before }
      let (low, high) = includingPads ? (-before, input[axis] + saidBehind) : (0, input[axis])
      return places.filter { $0 >= low && $0 < high }.count
    }
  }
}

extension BackwardNode {
  /// The last axis first.
  fileprivate func poolingPasses() throws -> [PoolingPass] {
    let (input, output) = (try shape(0), try outputShape())
    guard let extents = try operands.ints("kernel_shape") else {
      throw operands.wrong("it has no kernel_shape")
    }
    let window = try Window(operands, extents: extents)
    let pads = window.pads(of: input, makes: output)
    var current = input
    return extents.indices.reversed().map { index in
      let axis = index + 2
      let reach = window.reach(index, positions: output[axis])
      let pass = PoolingPass(
        axis: axis, input: current, extent: extents[index], stride: window.strides[index],
        dilation: window.dilations[index], before: pads[index],
        behind: max(0, reach - pads[index] - input[axis]),
        saidBehind: pads[index + extents.count], positions: output[axis])
      var next = current.dimensions
      next[axis] = output[axis]
      current = Shape(next)
      return pass
    }
  }
}

extension OperatorEmitter {
  /// For each element of the window, the input at its places.
  fileprivate mutating func elements(
    of tensor: String, _ pass: PoolingPass, outside value: Float
  ) -> [String] {
    let padded = pad(
      tensor, rank: pass.input.rank, axis: pass.axis, before: pass.before, behind: pass.behind,
      value: value)
    return (0..<pass.extent).map { element in
      let start = element * pass.dilation
      return slice(
        padded, axis: pass.axis, from: start,
        to: start + (pass.positions - 1) * pass.stride + 1, step: pass.stride)
    }
  }

  /// The gradient for the first of the elements that is the largest, zero for the others.
  fileprivate mutating func share(
    _ gradient: String, among elements: [String], largest: String
  ) -> [String] {
    // What is left of the gradient by those before.
    var left = gradient
    return elements.indices.map { index in
      if index == elements.count - 1 { return left }
      let part = product(left, isNotLess(elements[index], largest))
      left = add("Sub", [left, part])
      return part
    }
  }

  /// What the elements of the window have, at their places in the input.
  fileprivate mutating func collect(_ parts: [String], _ pass: PoolingPass) -> String {
    var positions = pass.input.dimensions
    positions[pass.axis] = pass.positions
    let spreadExtent = pass.positions * pass.stride
    let whole = max(pass.padded, spreadExtent + (pass.extent - 1) * pass.dilation)
    // Alike parts are spread once.
    var spreads: [String: String] = [:]
    let placed = parts.enumerated().map { element, part in
      let wide =
        spreads[part]
        ?? spread(part, shape: Shape(positions), axis: pass.axis, step: pass.stride)
      spreads[part] = wide
      let before = element * pass.dilation
      return pad(
        wide, rank: positions.count, axis: pass.axis, before: before,
        behind: whole - spreadExtent - before)
    }
    let sum = total(placed)
    if pass.before == 0, whole == pass.input[pass.axis] { return sum }
    return slice(
      sum, axis: pass.axis, from: pass.before, to: pass.before + pass.input[pass.axis])
  }
}

extension OperatorEmitter {
  /// 1 shared between the elements that are the largest along some axes, 0 elsewhere.
  mutating func shareOfLargest(_ tensor: String, _ largest: String, along axes: [Int]) -> String {
    let isLargest = isNotLess(tensor, largest)
    return add("Div", [isLargest, sum(isLargest, along: axes)])
  }
}
