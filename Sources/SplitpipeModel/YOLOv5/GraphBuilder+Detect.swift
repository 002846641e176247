import SplitpipeCore

extension GraphBuilder {
  /// Adds the last layer, boxes decoded as YOLOv5's `Detect` does outside of training.
  ///
  /// With y = sigmoid(convolution), cell (i, j) of a level: centre = (2y − 0.5 + (j, i)) · stride,
  /// size = (2y)² · anchor, both in input pixels; objectness and class scores are y. Boxes come in
  /// the order level, anchor, row, column.
  ///
  /// - Returns: the name of the output, 1×N×(5+classes).
  mutating func add(
    _ detect: YOLOv5Network.Detect, path: String, inputs: [Value], input: PixelSize, output: String
  ) throws -> String {
    var parts: [String] = []
    for (index, level) in detect.levels.enumerated() {
      let value = try add(
        .convolution(level.convolution), path: "\(path).m.\(index)", inputs: [inputs[index]])
      guard value.height * level.stride == input.height, value.width * level.stride == input.width
      else {
        throw SplitpipeError(
          .badData,
          "level \(index) of module \(path) has stride \(level.stride) in the file, but makes "
            + "\(value.width)×\(value.height) cells of \(input) pixels")
      }
      parts.append(decode(value, detect, level, scope: path, label: "\(index)"))
    }
    let name = add(
      "Concat", scope: path, inputs: parts, output: output, attributes: ["axis": .int(1)])
    aliases[path] = name
    return name
  }

  /// Decodes one level to 1×(anchors·rows·columns)×(5+classes).
  private mutating func decode(
    _ value: Value, _ detect: YOLOv5Network.Detect, _ level: YOLOv5Network.Level, scope: String,
    label: String
  ) -> String {
    let (rows, columns) = (value.height, value.width)
    func name(_ what: String) -> String { "\(scope).\(label).\(what)" }
    let cells = constant(
      name("cells"), Weight(integers: [1, detect.anchors, detect.outputs, rows, columns]))
    let split = constant(name("split"), Weight(integers: [2, 2, detect.classes + 1]))
    let flat = constant(
      name("flat"), Weight(integers: [1, detect.anchors * rows * columns, detect.outputs]))
    let two = constant(name("two"), Weight(floats: [2], shape: Shape([1])))
    let stride = constant(
      name("stride"), Weight(floats: [Float(level.stride)], shape: Shape([1])))
    let grid = constant(name("grid"), Self.grid(rows: rows, columns: columns))
    let anchors = constant(
      name("anchors"),
      Weight(floats: level.anchorSizes, shape: Shape([1, detect.anchors, 1, 1, 2])))

    let reshaped = add(
      "Reshape", scope: scope, label: "\(label).cells", inputs: [value.name, cells])
    let turned = add(
      "Transpose", scope: scope, label: label, inputs: [reshaped],
      attributes: ["perm": .ints([0, 1, 3, 4, 2])])
    let y = add("Sigmoid", scope: scope, label: label, inputs: [turned])
    let parts = ["centre", "size", "scores"].map { name($0) }
    add(
      Node(
        name: "\(scope)/Split.\(label)", operation: "Split", inputs: [y, split], outputs: parts,
        attributes: ["axis": .int(4)], scope: scope))
    func apply(_ operation: String, _ what: String, _ inputs: [String]) -> String {
      add(operation, scope: scope, label: "\(label).\(what)", inputs: inputs)
    }
    let twiceCentre = apply("Mul", "centre", [parts[0], two])
    let inCells = apply("Add", "centre", [twiceCentre, grid])
    let centre = apply("Mul", "pixels", [inCells, stride])
    let twiceSize = apply("Mul", "size", [parts[1], two])
    let squared = apply("Mul", "square", [twiceSize, twiceSize])
    let size = apply("Mul", "anchors", [squared, anchors])
    let boxes = add(
      "Concat", scope: scope, label: label, inputs: [centre, size, parts[2]],
      attributes: ["axis": .int(4)])
    return add("Reshape", scope: scope, label: "\(label).flat", inputs: [boxes, flat])
  }

  /// Column − 0.5 and row − 0.5 of every cell, 1×1×rows×columns×2.
  private static func grid(rows: Int, columns: Int) -> Weight {
    var values: [Float] = []
    values.reserveCapacity(rows * columns * 2)
    for row in 0..<rows {
      for column in 0..<columns {
        values.append(Float(column) - 0.5)
        values.append(Float(row) - 0.5)
      }
    }
    return Weight(floats: values, shape: Shape([1, 1, rows, columns, 2]))
  }
}
