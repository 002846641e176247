import SplitpipeCore

extension ModelGraph {
  /// The graph for several pictures at once.
  ///
  /// - Parameter count: pictures; every extent of 1 that stands for the one picture becomes this.
  /// - Returns: a graph of the same weights, whose tensors that depend on the input have `count` times the
  ///   first extent.
  /// - Throws: `badData` naming the first tensor that is not made for each picture alone; shapes of inputs
  ///   must be fixed.
  package func batched(_ count: Int) throws -> ModelGraph {
    guard count != 1 else { return self }
    let single = try inferringShapes()
    var batch = self
    for index in batch.inputs.indices where batch.inputs[index].dimensions.first == 1 {
      batch.inputs[index].dimensions[0] = count
    }
    let dependent = tensorsOfPictures
    for index in batch.nodes.indices {
      let node = batch.nodes[index]
      guard node.operation == "Reshape", node.inputs.count > 1, dependent.contains(node.inputs[0]),
        let target = single.types[node.outputs[0]]?.shape, target.rank > 0, target[0] == 1
      else { continue }
      // A shape of its own for each: it may be shared with a tensor that is no picture's.
      let name = "batch/\(node.name)/shape"
      batch.weights[name] = Weight(integers: [count] + target.dimensions.dropFirst())
      batch.nodes[index].inputs[1] = name
    }
    let shaped = try batch.inferringShapes()
    for node in nodes {
      for tensor in node.outputs where dependent.contains(tensor) {
        guard let one = single.types[tensor]?.shape else { continue }
        let wanted = Shape([count * (one.dimensions.first ?? 0)] + one.dimensions.dropFirst())
        guard one.rank > 0, let found = shaped.types[tensor]?.shape, found == wanted else {
          throw SplitpipeError(
            .badData,
            "\(name) works on one picture at a time: \"\(tensor)\" (\(node.operation)) would be "
              + "\(shaped.types[tensor]?.shape.description ?? "of unknown shape") for \(count) pictures, "
              + "expected \(wanted)")
        }
      }
    }
    return batch
  }

  private var tensorsOfPictures: Set<String> {
    var dependent = Set(inputs.map(\.name))
    for node in nodes
    where node.operation != "Shape" && node.inputs.contains(where: dependent.contains) {
      dependent.formUnion(node.outputs)
    }
    return dependent
  }
}
