import SplitpipeCore

extension GraphBuilder {
  /// Adds the choice of the best boxes of a one-to-one head, as `Detect.postprocess` makes it: first
  /// the cells whose best class is among the best, then of all their classes the best scores. A cell
  /// may give boxes of several classes. Which of equal scores comes first is left open there as well.
  ///
  /// - Parameters:
  ///   - count: how many boxes, at most the number of cells.
  ///   - boxes: 1×4×cells, corners.
  ///   - scores: 1×classes×cells.
  ///   - classes: how many classes.
  ///   - scope: the module this belongs to.
  ///   - output: what the result is called: 1×count×6, corners, score and class, best first.
  mutating func choose(
    _ count: Int, of boxes: String, _ scores: String, classes: Int, scope: String, output: String
  ) {
    func number(_ name: String, _ values: [Int]) -> String {
      constant("\(scope).\(name)", Weight(integers: values))
    }
    func turn(_ name: String, _ label: String) -> String {
      add(
        "Transpose", scope: scope, label: label, inputs: [name],
        attributes: ["perm": .ints([0, 2, 1])])
    }
    let most = number("most", [count])
    let classCount = number("classes", [classes])
    let row = number("row", [1, count * classes])
    let column = number("column", [1, count, 1])

    /// The best of 1×n scores: how good, and where (a vector).
    func best(_ name: String, _ label: String) -> (scores: String, places: String) {
      let node = "\(scope)/TopK.\(label)"
      add(
        Node(
          name: node, operation: "TopK", inputs: [name, most],
          outputs: ["\(node).scores", "\(node).places"],
          attributes: ["axis": .int(1), "largest": .int(1), "sorted": .int(1)], scope: scope))
      let places = add(
        "Reshape", scope: scope, label: "\(label).places", inputs: ["\(node).places", most])
      return ("\(node).scores", places)
    }
    func pick(_ name: String, _ places: String, axis: Int64, _ label: String) -> String {
      add(
        "Gather", scope: scope, label: label, inputs: [name, places],
        attributes: ["axis": .int(axis)])
    }

    let scoreRows = turn(scores, "scores")
    let boxRows = turn(boxes, "boxes")
    let highest = add(
      "ReduceMax", scope: scope, inputs: [scoreRows],
      attributes: ["axes": .ints([2]), "keepdims": .int(0)])
    let cells = best(highest, "cells")
    let ofCells = pick(scoreRows, cells.places, axis: 1, "scores")
    let flat = add("Reshape", scope: scope, label: "row", inputs: [ofCells, row])
    let chosen = best(flat, "scores")
    let places = add("Div", scope: scope, label: "cell", inputs: [chosen.places, classCount])
    let numbers = add("Mod", scope: scope, label: "class", inputs: [chosen.places, classCount])
    let chosenCells = pick(cells.places, places, axis: 0, "cells")
    let chosenBoxes = pick(boxRows, chosenCells, axis: 1, "boxes")
    let numberColumn = add("Reshape", scope: scope, label: "class", inputs: [numbers, column])
    let classColumn = add(
      "Cast", scope: scope, inputs: [numberColumn],
      attributes: ["to": .int(Int64(ElementType.float32.rawValue))])
    let scoreColumn = add(
      "Reshape", scope: scope, label: "score", inputs: [chosen.scores, column])
    add(
      "Concat", scope: scope, inputs: [chosenBoxes, scoreColumn, classColumn], output: output,
      attributes: ["axis": .int(2)])
  }
}
