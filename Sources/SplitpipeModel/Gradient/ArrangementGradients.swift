import SplitpipeCore

/// Operators that arrange the same elements in another shape or order, or repeat them.
let arrangementGradients: [String: GradientRule] = {
  var rules: [String: GradientRule] = [:]
  for operation in ["Reshape", "Flatten", "Squeeze", "Unsqueeze"] {
    rules[operation] = { node, emitter in
      node.first(emitter.reshape(try node.gradient(), to: try node.shape(0)))
    }
  }
  rules["Transpose"] = { node, emitter in
    let rank = try node.shape(0).rank
    let order = try node.operands.ints("perm") ?? (0..<rank).reversed()
    var inverse = order
    for (place, axis) in order.enumerated() { inverse[axis] = place }
    return node.first(emitter.transpose(try node.gradient(), inverse))
  }
  rules["Expand"] = { node, emitter in
    node.first(
      emitter.unstretch(
        try node.gradient(), from: try node.outputShape(), to: try node.shape(0)))
  }
  rules["Tile"] = { node, emitter in
    let shape = try node.shape(0)
    guard let repeats = node.operands.integers(1), repeats.count == shape.rank else {
      throw node.unsupported("its repeats are no constants")
    }
    // times × extent for each axis: the copies are summed.
    let split = zip(repeats, shape.dimensions).flatMap { [$0, $1] }
    let copies = emitter.reshape(try node.gradient(), to: Shape(split))
    let sum = emitter.sum(copies, along: repeats.indices.map { 2 * $0 })
    return node.first(emitter.reshape(sum, to: shape))
  }
  rules["DepthToSpace"] = { node, emitter in
    let (shape, output) = (try node.shape(0), try node.outputShape())
    let block = try node.operands.int("blocksize", default: 1)
    let byColumn = try node.operands.string("mode", default: "DCR") == "CRD"
    // N×C×h×b×w×b, its blocks brought to the channels, in their order there.
    let split = Shape([output[0], output[1], shape[2], block, shape[3], block])
    let order = byColumn ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]
    let apart = emitter.transpose(emitter.reshape(try node.gradient(), to: split), order)
    return node.first(emitter.reshape(apart, to: shape))
  }
  rules["SpaceToDepth"] = { node, emitter in
    let (shape, output) = (try node.shape(0), try node.outputShape())
    let block = try node.operands.int("blocksize", default: 1)
    let split = Shape([shape[0], block, block, shape[1], output[2], output[3]])
    let apart = emitter.transpose(
      emitter.reshape(try node.gradient(), to: split), [0, 3, 4, 1, 5, 2])
    return node.first(emitter.reshape(apart, to: shape))
  }
  return rules
}()
