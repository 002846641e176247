import SplitpipeCore

/// Operators that slide a window over the picture.
let convolutionRules: [String: ShapeRule] = [
  "Conv": { operands in
    guard let input = operands.type(0), let kernel = operands.shape(1) else { return nil }
    return try convolved(operands, input.shape, kernel, makes: input.elementType)
  },
  // Codes times codes: sums of 32 bits.
  "ConvInteger": { operands in
    guard let input = operands.shape(0), let kernel = operands.shape(1) else { return nil }
    return try convolved(operands, input, kernel, makes: .int32)
  },
  "ConvTranspose": transposedConvolution,
  "MaxPool": pooling,
  "AveragePool": pooling,
  "LpPool": pooling,
  "GlobalAveragePool": globalPooling,
  "GlobalMaxPool": globalPooling,
]

private func convolved(
  _ operands: Operands, _ input: Shape, _ kernel: Shape, makes type: ElementType
) throws -> [Inferred?]? {
  let groups = try operands.groups()
  guard input.rank > 2, kernel.rank == input.rank, kernel[0] > 0 else {
    throw operands.wrong("a kernel of shape \(kernel) for an input of shape \(input)")
  }
  guard input[1] == kernel[1] * groups, kernel[0] % groups == 0 else {
    throw operands.wrong(
      "its input has \(input[1]) channels, its kernel \(kernel) in \(groups) groups expects "
        + "\(kernel[1] * groups)")
  }
  let window = try Window(operands, extents: Array(kernel.dimensions.dropFirst(2)))
  let spatial = try window.outputs(of: input, operands)
  return [Inferred(try operands.makeShape([input[0], kernel[0]] + spatial), type)]
}

private let transposedConvolution: ShapeRule = { operands in
  guard let input = operands.type(0), let kernel = operands.shape(1) else { return nil }
  let groups = try operands.groups()
  guard input.shape.rank > 2, kernel.rank == input.shape.rank, kernel[0] == input.shape[1] else {
    throw operands.wrong("a kernel of shape \(kernel) for an input of shape \(input.shape)")
  }
  let window = try Window(operands, extents: Array(kernel.dimensions.dropFirst(2)))
  var spatial: [Int]
  if let given = try operands.ints("output_shape") {
    spatial = Array(given.suffix(window.extents.count))
  } else {
    let extra = try operands.ints("output_padding") ?? []
    spatial = window.extents.indices.map { axis in
      let extent = input.shape[axis + 2]
      if window.autoPad.hasPrefix("SAME") { return extent * window.strides[axis] }
      let reach = (window.extents[axis] - 1) * window.dilations[axis] + 1
      let grown = window.strides[axis] * (extent - 1) + reach
      return grown + (axis < extra.count ? extra[axis] : 0) - window.padding(axis)
    }
  }
  guard spatial.count == window.extents.count else {
    throw operands.wrong("output_shape has \(spatial.count) extents")
  }
  let shape = try operands.makeShape([input.shape[0], kernel[1] * groups] + spatial)
  return [Inferred(shape, input.elementType)]
}

private let pooling: ShapeRule = { operands in
  guard let input = operands.type(0) else { return nil }
  guard let extents = try operands.ints("kernel_shape"), input.shape.rank == extents.count + 2
  else {
    throw operands.wrong("its kernel_shape does not fit an input of shape \(input.shape)")
  }
  let spatial = try Window(operands, extents: extents).outputs(of: input.shape, operands)
  let shape = try operands.makeShape([input.shape[0], input.shape[1]] + spatial)
  return [Inferred(shape, input.elementType), Inferred(shape, .int64)]
}

private let globalPooling: ShapeRule = { operands in
  guard let input = operands.type(0) else { return nil }
  guard input.shape.rank > 2 else { throw operands.wrong("its input is \(input.shape)") }
  let spatial = [Int](repeating: 1, count: input.shape.rank - 2)
  return [
    Inferred(
      try operands.makeShape([input.shape[0], input.shape[1]] + spatial), input.elementType)
  ]
}

/// How a window moves; one entry per spatial axis.
struct Window {
  let extents: [Int]
  let strides: [Int]
  let dilations: [Int]
  /// Begins of all axes, then ends.
  let pads: [Int]
  let autoPad: String
  let roundsUp: Bool

  init(_ operands: Operands, extents: [Int]) throws {
    let ones = [Int](repeating: 1, count: extents.count)
    self.extents = extents
    strides = try operands.ints("strides") ?? ones
    dilations = try operands.ints("dilations") ?? ones
    pads = try operands.ints("pads") ?? [Int](repeating: 0, count: 2 * extents.count)
    autoPad = try operands.string("auto_pad", default: "NOTSET")
    roundsUp = try operands.int("ceil_mode", default: 0) != 0
    let named = try operands.ints("kernel_shape") ?? extents
    let lengthsFit =
      strides.count == extents.count && dilations.count == extents.count
      && pads.count == 2 * extents.count
    // Bounded so that no product of two of them, nor a sum of such products, can overflow.
    let valuesFit =
      (extents + strides + dilations).allSatisfy { (1...ModelLimits.window).contains($0) }
      && pads.allSatisfy { (0...ModelLimits.window).contains($0) }
    guard lengthsFit, valuesFit, named == extents else {
      throw operands.wrong(
        "window \(extents), strides \(strides), dilations \(dilations) and pads \(pads) do not fit")
    }
  }

  func padding(_ axis: Int) -> Int { pads[axis] + pads[axis + extents.count] }

  /// Positions along each spatial axis, as the ONNX operator page defines them.
  func outputs(of input: Shape, _ operands: Operands) throws -> [Int] {
    try extents.indices.map { axis in
      let extent = input[axis + 2]
      let stride = strides[axis]
      if autoPad.hasPrefix("SAME") { return (extent + stride - 1) / stride }
      let padded = extent + (autoPad == "VALID" ? 0 : padding(axis))
      let room = padded - (extents[axis] - 1) * dilations[axis] - 1
      guard room >= 0 else {
        throw operands.wrong("its window is larger than its input \(input)")
      }
      var positions = (room + (roundsUp ? stride - 1 : 0)) / stride + 1
      // A window must not start in the padding at the end.
      if roundsUp, (positions - 1) * stride >= extent + pads[axis] { positions -= 1 }
      return positions
    }
  }
}

extension Operands {
  func groups() throws -> Int {
    let groups = try int("group", default: 1)
    guard (1...ModelLimits.window).contains(groups) else { throw wrong("it has \(groups) groups") }
    return groups
  }
}
