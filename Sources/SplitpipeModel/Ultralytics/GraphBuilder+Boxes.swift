import SplitpipeCore

extension GraphBuilder {
  /// Adds the last layer, boxes decoded as `Detect` does outside of training.
  ///
  /// A branch gives for each cell four distances, from the cell's centre to the left, the top, the
  /// right and the bottom edge, in cells: each is the mean of the values of its bins, weighted by
  /// their softmax (Li et al. 2020, Generalized Focal Loss, section 3.2), or a number. Corners
  /// are the centre minus the first two and plus the last two, times the stride. Class scores are
  /// sigmoids. Boxes come in the order level, row, column.
  ///
  /// - Returns: the name of the output: 1×(4+classes)×N with centre and size; where the network
  ///   chooses boxes itself 1×N×6 with corners, score and class.
  mutating func add(
    _ head: UltralyticsNetwork.Head, path: String, inputs: [Value], input: PixelSize, output: String
  ) throws -> String {
    var (boxes, scores): ([String], [String]) = ([], [])
    for (index, level) in head.levels.enumerated() {
      let branches = [
        (block: level.boxes, name: head.branches.boxes, channels: 4 * head.bins),
        (block: level.scores, name: head.branches.scores, channels: head.classes),
      ]
      for (position, branch) in branches.enumerated() {
        let value = try add(
          branch.block, path: "\(path).\(branch.name).\(index)", inputs: [inputs[index]])
        guard value.channels == branch.channels else {
          throw SplitpipeError(
            .badData,
            "module \(path).\(branch.name).\(index) gives \(value.channels) channels, expected "
              + "\(branch.channels)")
        }
        guard value.height * level.stride == input.height,
          value.width * level.stride == input.width
        else {
          throw SplitpipeError(
            .badData,
            "level \(index) of module \(path) has stride \(level.stride) in the file, but makes "
              + "\(value.width)×\(value.height) cells of \(input) pixels")
        }
        let label = "\(branch.name).\(index)"
        let flat = constant(
          "\(path).\(label).flat",
          Weight(integers: [1, value.channels, value.height * value.width]))
        let name = add("Reshape", scope: path, label: label, inputs: [value.name, flat])
        if position == 0 { boxes.append(name) } else { scores.append(name) }
      }
    }
    let grid = CellGrid(strides: head.levels.map(\.stride), input: input)
    let joined = add(
      "Concat", scope: path, label: "boxes", inputs: boxes, attributes: ["axis": .int(2)])
    let distances = try head.distances.map {
      try mean($0, of: joined, cells: grid.count, path: "\(path).dfl")
    }
    let logits = add(
      "Concat", scope: path, label: "scores", inputs: scores, attributes: ["axis": .int(2)])
    let corners = decode(
      distances ?? joined, grid, scope: path, givesCorners: head.chosen != nil)
    let probabilities = add("Sigmoid", scope: path, inputs: [logits])
    if let most = head.chosen {
      choose(
        min(most, grid.count), of: corners, probabilities, classes: head.classes, scope: path,
        output: output)
    } else {
      add(
        "Concat", scope: path, inputs: [corners, probabilities], output: output,
        attributes: ["axis": .int(1)])
    }
    aliases[path] = output
    return output
  }

  /// The mean of the bins of each distance: 1×(4·bins)×cells to 1×4×cells.
  private mutating func mean(
    _ distances: ConvolutionLayer, of name: String, cells: Int, path: String
  ) throws -> String {
    let bins = distances.weight.shape[1]
    let rows = constant("\(path).rows", Weight(integers: [1, 4, bins, cells]))
    let flat = constant("\(path).flat", Weight(integers: [1, 4, cells]))
    let reshaped = add("Reshape", scope: path, label: "rows", inputs: [name, rows])
    let turned = add(
      "Transpose", scope: path, inputs: [reshaped], attributes: ["perm": .ints([0, 2, 1, 3])])
    let weights = add("Softmax", scope: path, inputs: [turned], attributes: ["axis": .int(1)])
    let value = try add(
      distances, scope: "\(path).conv",
      Value(name: weights, channels: bins, height: 4, width: cells), output: "\(path).conv")
    aliases["\(path).conv"] = value.name
    let result = add("Reshape", scope: path, inputs: [value.name, flat], output: path)
    aliases[path] = result
    return result
  }

  /// Boxes in input pixels from distances in cells, 1×4×cells: corners, or centre and size.
  private mutating func decode(
    _ distances: String, _ grid: CellGrid, scope: String, givesCorners: Bool
  ) -> String {
    let centres = constant("\(scope).centres", grid.centres)
    let strides = constant("\(scope).strides", grid.cellStrides)
    let pair = constant("\(scope).pair", Weight(integers: [2, 2]))
    let (before, after) = ("\(scope)/Split.before", "\(scope)/Split.after")
    add(
      Node(
        name: "\(scope)/Split", operation: "Split", inputs: [distances, pair],
        outputs: [before, after], attributes: ["axis": .int(1)], scope: scope))
    func apply(_ operation: String, _ label: String, _ inputs: [String]) -> String {
      add(operation, scope: scope, label: label, inputs: inputs)
    }
    var first = apply("Sub", "first", [centres, before])
    var second = apply("Add", "second", [centres, after])
    if !givesCorners {
      let two = constant("\(scope).two", Weight(floats: [2], shape: Shape([1])))
      let sum = apply("Add", "sum", [first, second])
      let size = apply("Sub", "size", [second, first])
      first = apply("Div", "centre", [sum, two])
      second = size
    }
    let cells = add(
      "Concat", scope: scope, label: "cells", inputs: [first, second],
      attributes: ["axis": .int(1)])
    return apply("Mul", "pixels", [cells, strides])
  }
}
