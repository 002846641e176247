import SplitpipeCore

/// `Resize` (inputs X, roi, scales, sizes; in opset 10 X, scales) and its forerunner `Upsample`, whose
/// scales are an attribute in opset 7.
let resizeRules: [String: ShapeRule] = ["Resize": resizing, "Upsample": resizing]

private let resizing: ShapeRule = { operands in
  guard let input = operands.type(0) else { return nil }
  let hasRegion = operands.opset >= 11 && operands.node.operation == "Resize"
  let rank = input.shape.rank
  var axes = Array(0..<rank)
  if let named = try operands.ints("axes") {
    axes = try named.map { try operands.axis($0, rank: rank) }
  }
  guard try operands.string("keep_aspect_ratio_policy", default: "stretch") == "stretch" else {
    return nil
  }
  var extents = input.shape.dimensions
  if hasRegion, operands.has(3), operands.shape(3)?.count != 0 {
    guard let sizes = operands.integers(3) else { return nil }
    guard sizes.count == axes.count else {
      throw operands.wrong("\(sizes.count) sizes for \(axes.count) axes")
    }
    for (axis, size) in zip(axes, sizes) { extents[axis] = size }
  } else {
    guard let scales = try operands.scales(input: hasRegion ? 2 : 1) else { return nil }
    guard scales.count == axes.count else {
      throw operands.wrong("\(scales.count) scales for \(axes.count) axes")
    }
    for (axis, scale) in zip(axes, scales) {
      let extent = (Float(extents[axis]) * scale).rounded(.down)
      guard scale > 0, let size = Int(exactly: extent) else {
        throw operands.wrong("it scales by \(scale)")
      }
      extents[axis] = size
    }
  }
  return [Inferred(try operands.makeShape(extents), input.elementType)]
}

extension Operands {
  /// nil where they are not known.
  fileprivate func scales(input index: Int) throws -> [Float]? {
    switch node.attributes["scales"] {
    case nil: return value(index)?.reals
    case .floats(let scales): return scales
    default: throw wrong("its attribute scales is not a list of numbers")
    }
  }
}
