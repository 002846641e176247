import SplitpipeCore

/// `Slice`: bounds are attributes in opset 9 and inputs from 10 on; beyond the ends they are clamped.
let slicing: ShapeRule = { operands in
  guard let input = operands.type(0) else { return nil }
  let rank = input.shape.rank
  let bounds = try SliceBounds(operands, rank: rank)
  var extents = input.shape.dimensions
  var positions: [Int]?
  for (index, axis) in bounds.axes.enumerated() {
    let picked = bounds.positions(index, extent: input.shape[axis])
    extents[axis] = picked.count
    if rank == 1, input.shape.count <= ModelLimits.foldedElements {
      positions = (0..<picked.count).map { picked.first + $0 * picked.step }
    }
  }
  let shape = try operands.makeShape(extents)
  let value = positions.flatMap { operands.value(0)?.picking($0, shape: shape) }
  return [Inferred(shape, input.elementType, value: value)]
}

struct SliceBounds {
  let starts: [Int]
  let ends: [Int]
  let axes: [Int]
  let steps: [Int]

  init(_ operands: Operands, rank: Int) throws {
    func list(_ index: Int, _ key: String) throws -> [Int]? {
      if operands.opset < 10 { return try operands.ints(key) }
      guard operands.has(index) else { return nil }
      guard let values = operands.integers(index) else { throw UnknownValue() }
      return values
    }
    guard let starts = try list(1, "starts"), let ends = try list(2, "ends") else {
      throw operands.wrong("it has no starts and ends")
    }
    self.starts = starts
    self.ends = ends
    axes = try (list(3, "axes") ?? Array(starts.indices)).map { try operands.axis($0, rank: rank) }
    steps = try list(4, "steps") ?? [Int](repeating: 1, count: starts.count)
    guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count,
      Set(axes).count == axes.count, !steps.contains(0)
    else { throw operands.wrong("starts, ends, axes and steps do not fit together") }
  }

  /// The first position, the step and the number of positions along one axis.
  func positions(_ index: Int, extent: Int) -> (first: Int, step: Int, count: Int) {
    let step = steps[index]
    let start = starts[index] < 0 ? starts[index] + extent : starts[index]
    let end = ends[index] < 0 ? ends[index] + extent : ends[index]
    if step > 0 {
      let first = min(max(start, 0), extent)
      let last = min(max(end, 0), extent)
      return (first, step, max(0, (last - first + step - 1) / step))
    }
    let first = min(max(start, 0), extent - 1)
    let last = min(max(end, -1), extent - 1)
    return (first, step, max(0, (first - last - step - 1) / -step))
  }
}
