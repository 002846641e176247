import SplitpipeCore

/// Operators that join, cut, pad and pick.
let partGradients: [String: GradientRule] = [
  "Concat": { node, emitter in
    let axis = try node.axis(default: 1)
    let gradient = try node.gradient()
    var place = 0
    var made: [String?] = []
    for index in node.wanted.indices {
      let extent = try node.shape(index)[axis]
      made.append(
        node.wanted[index]
          ? emitter.slice(gradient, axis: axis, from: place, to: place + extent) : nil)
      place += extent
    }
    return made
  },
  "Split": { node, emitter in
    let axis = try node.axis(default: 0)
    let parts = try node.gradients.indices.map { index -> String in
      if let gradient = node.gradients[index] { return gradient }
      guard let type = node.outputs[index] else {
        throw node.unsupported("the shape of its output \(index) is not known")
      }
      return emitter.expand(emitter.constant(0), to: type.shape)
    }
    return node.each { index in
      guard index == 0 else { return nil }
      return parts.count == 1
        ? parts[0] : emitter.add("Concat", parts, attributes: ["axis": .int(Int64(axis))])
    }
  },
  "Slice": { node, emitter in
    let input = try node.shape(0)
    let bounds: SliceBounds
    do { bounds = try SliceBounds(node.operands, rank: input.rank) } catch is UnknownValue {
      throw node.unsupported("its bounds are no constants")
    }
    var shape = try node.outputShape()
    var gradient = try node.gradient()
    for (index, axis) in bounds.axes.enumerated() {
      let (first, step, count) = bounds.positions(index, extent: input[axis])
      guard step > 0 else { throw node.unsupported("it goes backwards") }
      let wide = emitter.spread(gradient, shape: shape, axis: axis, step: step)
      // The zeros behind the last place may lie beyond the end.
      let extent = min(count * step, input[axis] - first)
      let fitting =
        extent < count * step ? emitter.slice(wide, axis: axis, from: 0, to: extent) : wide
      gradient = emitter.pad(
        fitting, rank: input.rank, axis: axis, before: first,
        behind: input[axis] - first - extent)
      var extents = shape.dimensions
      extents[axis] = input[axis]
      shape = Shape(extents)
    }
    return node.first(gradient)
  },
  "Pad": { node, emitter in
    let (input, output) = (try node.shape(0), try node.outputShape())
    guard try node.operands.string("mode", default: "constant") == "constant" else {
      throw node.unsupported("it repeats elements")
    }
    guard !node.operands.has(3) else { throw node.unsupported("it names its axes") }
    let given =
      node.operands.opset >= 11 ? node.operands.integers(1) : try node.operands.ints("pads")
    guard let pads = given, pads.count == 2 * input.rank, pads.allSatisfy({ $0 >= 0 }) else {
      throw node.unsupported("its padding is no constant of numbers from 0 on")
    }
    var gradient = try node.gradient()
    for axis in input.dimensions.indices where output[axis] != input[axis] {
      gradient = emitter.slice(
        gradient, axis: axis, from: pads[axis], to: pads[axis] + input[axis])
    }
    return node.first(gradient)
  },
  "Gather": { node, emitter in
    let input = try node.shape(0)
    let axis = try node.axis(default: 0)
    guard let chosen = node.operands.integers(1), let rank = node.operands.shape(1)?.rank, rank < 2
    else { throw node.unsupported("its indices are no short list of constants") }
    let places = chosen.map { $0 < 0 ? $0 + input[axis] : $0 }
    guard let first = places.first, places == Array(first..<(first + places.count)) else {
      throw node.unsupported("its indices \(places.prefix(8)) do not follow one another")
    }
    var extents = input.dimensions
    extents[axis] = places.count
    let gradient = try node.gradient()
    let part = rank == 0 ? emitter.reshape(gradient, to: Shape(extents)) : gradient
    return node.each { index in
      guard index == 0 else { return nil }
      return emitter.pad(
        part, rank: input.rank, axis: axis, before: first,
        behind: input[axis] - first - places.count)
    }
  },
]

extension BackwardNode {
  fileprivate func axis(default value: Int) throws -> Int {
    try operands.axis(try operands.int("axis", default: value), rank: try shape(0).rank)
  }
}
