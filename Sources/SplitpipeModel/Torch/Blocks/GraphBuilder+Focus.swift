import SplitpipeCore

extension GraphBuilder {
  /// The four phases of the picture as channels: even rows and columns, odd rows, odd columns, both.
  mutating func focus(_ input: Value, scope: String) throws -> Value {
    guard input.height.isMultiple(of: 2), input.width.isMultiple(of: 2) else {
      throw SplitpipeError(.badData, "module \(scope) halves a picture of odd size")
    }
    let ends = constant("\(scope).ends", Weight(integers: [input.height, input.width]))
    let axes = constant("\(scope).axes", Weight(integers: [2, 3]))
    let steps = constant("\(scope).steps", Weight(integers: [2, 2]))
    var parts: [Value] = []
    for (row, column) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
      let label = "\(row)\(column)"
      let starts = constant("\(scope).starts\(label)", Weight(integers: [row, column]))
      let name = add(
        "Slice", scope: scope, label: label, inputs: [input.name, starts, ends, axes, steps])
      parts.append(
        Value(
          name: name, channels: input.channels, height: input.height / 2, width: input.width / 2))
    }
    return try concatenate(parts, scope: scope, output: nil)
  }
}
