import SplitpipeCore

/// Operators that arrange the same elements in another shape or order, or repeat them.
let arrangementRules: [String: ShapeRule] = [
  "Reshape": { operands in
    guard let input = operands.type(0), let wanted = operands.integers(1) else { return nil }
    let shape = try operands.reshaping(input.shape, to: wanted)
    return [Inferred(shape, input.elementType, value: operands.value(0)?.reshaped(shape))]
  },
  "Flatten": { operands in
    guard let input = operands.type(0) else { return nil }
    let rank = input.shape.rank
    let axis = try operands.int("axis", default: 1)
    guard axis >= -rank, axis <= rank else { throw operands.wrong("axis \(axis) does not exist") }
    let split = axis < 0 ? axis + rank : axis
    let shape = try operands.makeShape([
      input.shape.dimensions.prefix(split).reduce(1, *),
      input.shape.dimensions.dropFirst(split).reduce(1, *),
    ])
    return [Inferred(shape, input.elementType, value: operands.value(0)?.reshaped(shape))]
  },
  "Transpose": { operands in
    guard let input = operands.type(0) else { return nil }
    let rank = input.shape.rank
    let order = try operands.ints("perm") ?? (0..<rank).reversed()
    guard order.sorted() == Array(0..<rank) else {
      throw operands.wrong("perm \(order) is no order of \(rank) axes")
    }
    let shape = try operands.makeShape(order.map { input.shape[$0] })
    let value = rank < 2 ? operands.value(0) : nil
    return [Inferred(shape, input.elementType, value: value)]
  },
  "Squeeze": { operands in
    guard let input = operands.type(0) else { return nil }
    let rank = input.shape.rank
    let named = try operands.axes(input: 1, fromOpset: 13)?
      .map { try operands.axis($0, rank: rank) }
    let dropped = named ?? (0..<rank).filter { input.shape[$0] == 1 }
    guard dropped.allSatisfy({ input.shape[$0] == 1 }) else {
      throw operands.wrong("axes \(dropped) of \(input.shape) are not all of extent 1")
    }
    let kept = (0..<rank).filter { !dropped.contains($0) }.map { input.shape[$0] }
    let shape = try operands.makeShape(kept)
    return [Inferred(shape, input.elementType, value: operands.value(0)?.reshaped(shape))]
  },
  "Unsqueeze": { operands in
    guard let input = operands.type(0), let axes = try operands.axes(input: 1, fromOpset: 13) else {
      return nil
    }
    let rank = input.shape.rank + axes.count
    guard rank <= ModelLimits.rank else { throw operands.wrong("it adds too many axes") }
    let added = Set(try axes.map { try operands.axis($0, rank: rank) })
    guard added.count == axes.count else { throw operands.wrong("axes \(axes) repeat") }
    var rest = input.shape.dimensions.makeIterator()
    let extents = (0..<rank).map { added.contains($0) ? 1 : rest.next() ?? 1 }
    let shape = try operands.makeShape(extents)
    return [Inferred(shape, input.elementType, value: operands.value(0)?.reshaped(shape))]
  },
  "Expand": { operands in
    guard let input = operands.type(0), let wanted = operands.integers(1) else { return nil }
    let target = try operands.makeShape(wanted)
    guard let shape = broadcast([input.shape, target]) else {
      throw operands.wrong("\(input.shape) does not stretch to \(target)")
    }
    var value: FoldedValue?
    if shape.count <= ModelLimits.foldedElements, let known = operands.value(0) {
      value = known.picking(stretchedPositions(of: known.shape, to: shape), shape: shape)
    }
    return [Inferred(shape, input.elementType, value: value)]
  },
  "Tile": { operands in
    guard let input = operands.type(0), let repeats = operands.integers(1) else { return nil }
    guard repeats.count == input.shape.rank, repeats.allSatisfy({ $0 >= 0 }) else {
      throw operands.wrong("repeats \(repeats) for an input of shape \(input.shape)")
    }
    let extents = zip(input.shape.dimensions, repeats).map { extent, times in
      extent.multipliedReportingOverflow(by: times)
    }
    guard extents.allSatisfy({ !$0.overflow }) else { throw operands.wrong("it is too large") }
    let shape = try operands.makeShape(extents.map(\.partialValue))
    return [Inferred(shape, input.elementType)]
  },
  "DepthToSpace": { operands in try blocks(operands, growing: true) },
  "SpaceToDepth": { operands in try blocks(operands, growing: false) },
]

private func blocks(_ operands: Operands, growing: Bool) throws -> [Inferred?]? {
  guard let input = operands.type(0) else { return nil }
  let block = try operands.int("blocksize", default: 0)
  guard input.shape.rank == 4, (1...1024).contains(block) else {
    throw operands.wrong("blocks of \(block) in an input of shape \(input.shape)")
  }
  let (c, h, w) = (input.shape[1], input.shape[2], input.shape[3])
  let extents =
    growing
    ? [input.shape[0], c / (block * block), h * block, w * block]
    : [input.shape[0], c * block * block, h / block, w / block]
  let shape = try operands.makeShape(extents)
  guard shape.count == input.shape.count else {
    throw operands.wrong("\(input.shape) does not divide into blocks of \(block)")
  }
  return [Inferred(shape, input.elementType)]
}

extension Operands {
  /// 0 keeps an extent (unless `allowzero`), −1 takes what is left.
  fileprivate func reshaping(_ shape: Shape, to wanted: [Int]) throws -> Shape {
    let zeroIsZero = try int("allowzero", default: 0) != 0
    var extents = wanted
    for (axis, extent) in wanted.enumerated() where extent == 0 && !zeroIsZero {
      guard axis < shape.rank else { throw wrong("\(wanted) keeps an axis \(shape) lacks") }
      extents[axis] = shape[axis]
    }
    let open = extents.indices.filter { extents[$0] == -1 }
    if let axis = open.first {
      extents[axis] = 1
      let rest = open.count == 1 ? Shape(limited: extents)?.count : nil
      guard let rest, rest > 0, shape.count % rest == 0 else {
        throw wrong("\(shape) does not fit into \(wanted)")
      }
      extents[axis] = shape.count / rest
    }
    let result = try makeShape(extents)
    guard result.count == shape.count else { throw wrong("\(shape) does not fit into \(wanted)") }
    return result
  }
}
