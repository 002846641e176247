import SplitpipeCore

extension ModelGraph {
  /// The operators between a tensor and the convolutions or matrix products it comes from: what an
  /// export does to a detector's raw predictions.
  func operationsAfterLayers(of output: String) -> Set<String> {
    var producers: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for output in node.outputs { producers[output] = index }
    }
    var found: Set<String> = []
    var visited: Set<String> = [output]
    var pending = [output]
    while let tensor = pending.popLast() {
      guard let index = producers[tensor] else { continue }
      let node = nodes[index]
      guard !["Conv", "Gemm", "MatMul"].contains(node.operation) else { continue }
      found.insert(node.operation)
      pending += node.inputs.filter { visited.insert($0).inserted }
    }
    return found
  }

  /// The graph with a sigmoid over the scores (fields 4 and up of 1×N×fields) of its only output,
  /// for a YOLOX export that leaves objectness and class scores as logits.
  ///
  /// The output keeps its name; what it was is called `splitpipe/scores/logits`.
  func activatingScores(fields: Int) -> ModelGraph {
    guard let output = outputs.first else { return self }
    var result = self
    let prefix = "splitpipe/scores/"
    let logits = prefix + "logits"
    for index in result.nodes.indices {
      result.nodes[index].outputs = nodes[index].outputs.map { $0 == output ? logits : $0 }
      result.nodes[index].inputs = nodes[index].inputs.map { $0 == output ? logits : $0 }
    }
    func slice(_ name: String, from start: Int, to end: Int) -> Node {
      let bounds = [("starts", start), ("ends", end), ("axes", 2)]
      // Bounds are attributes up to opset 9, inputs after.
      guard opset >= 10 else {
        return Node(
          name: prefix + name, operation: "Slice", inputs: [logits], outputs: [prefix + name],
          attributes: Dictionary(
            uniqueKeysWithValues: bounds.map { ($0, .ints([Int64($1)])) }))
      }
      for (bound, value) in bounds {
        result.weights[prefix + name + "/" + bound] = Weight(
          shape: Shape([1]), elementType: .int64, bytes: littleEndian([Int64(value)]))
      }
      return Node(
        name: prefix + name, operation: "Slice",
        inputs: [logits] + bounds.map { prefix + name + "/" + $0.0 }, outputs: [prefix + name])
    }
    result.nodes += [
      slice("boxes", from: 0, to: 4),
      slice("raw", from: 4, to: fields),
      Node(
        name: prefix + "Sigmoid", operation: "Sigmoid", inputs: [prefix + "raw"],
        outputs: [prefix + "scores"]),
      Node(
        name: prefix + "Concat", operation: "Concat",
        inputs: [prefix + "boxes", prefix + "scores"], outputs: [output],
        attributes: ["axis": .int(2)]),
    ]
    return result
  }
}
