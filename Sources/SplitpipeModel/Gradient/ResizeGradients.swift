import SplitpipeCore

/// `Resize` and `Upsample` where each element becomes a block of its own, as detectors' necks use it.
let resizeGradients: [String: GradientRule] = ["Resize": blocks, "Upsample": blocks]

private let blocks: GradientRule = { node, emitter in
  let (input, output) = (try node.shape(0), try node.outputShape())
  let mode = try node.operands.string("mode", default: "nearest")
  guard mode == "nearest" else { throw node.unsupported("it interpolates (\(mode))") }
  let factors = zip(input.dimensions, output.dimensions).map { $1 / max(1, $0) }
  guard input.rank > 2, factors.prefix(2).allSatisfy({ $0 == 1 }),
    zip(factors, input.dimensions).map({ $0 * $1 }) == output.dimensions
  else { throw node.unsupported("it makes \(output) of \(input), expected whole multiples") }
  let place = try node.operands.string("coordinate_transformation_mode", default: "half_pixel")
  let rounding = try node.operands.string("nearest_mode", default: "round_prefer_floor")
  let isBlocks =
    node.node.operation == "Upsample" || (place == "asymmetric" && rounding == "floor")
    || (place.hasPrefix("half_pixel") && rounding.hasPrefix("round_prefer"))
  guard isBlocks else {
    throw node.unsupported("its elements are no blocks (\(place), \(rounding))")
  }
  let window = Array(factors.dropFirst(2))
  let mean = emitter.add(
    "AveragePool", [try node.gradient()],
    attributes: ["kernel_shape": .integers(window), "strides": .integers(window)])
  return node.first(emitter.product(mean, Float(window.reduce(1, *))))
}
