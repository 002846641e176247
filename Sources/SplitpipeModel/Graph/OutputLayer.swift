import SplitpipeCore

extension ModelGraph {
  /// Convolutions and matrix products, and what makes the codes and the scale that one of integers
  /// takes.
  private static let layers: Set<String> = [
    "Conv", "Gemm", "MatMul", "ConvInteger", "MatMulInteger", "DynamicQuantizeLinear",
  ]

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
      guard !Self.layers.contains(node.operation) else { continue }
      found.insert(node.operation)
      pending += node.inputs.filter { visited.insert($0).inserted }
    }
    return found
  }

  /// The graph with a sigmoid over the scores (fields 4 and up of 1×N×fields) of its only output,
  /// for a YOLOX export that leaves objectness and class scores as logits.
  ///
  /// The output keeps its name; what it was is called `splitpipe/scores/logits`.
  func activatingScores(fields: Int) throws -> ModelGraph {
    guard let output = outputs.first else { return self }
    let prefix = "splitpipe/scores/"
    var editor = GraphEditor(self)
    let logits = editor.rename(output, to: prefix + "logits")
    func slice(_ name: String, from start: Int, to end: Int) -> String {
      let bounds = [("starts", start), ("ends", end), ("axes", 2)]
      // Bounds are attributes up to opset 9, inputs after.
      guard opset >= 10 else {
        return editor.add(
          "Slice", [logits], named: prefix + name,
          attributes: Dictionary(uniqueKeysWithValues: bounds.map { ($0, .integers([$1])) }))
      }
      let constants = bounds.map {
        editor.add(Weight(integers: [$1]), named: "\(prefix)\(name)/\($0)")
      }
      return editor.add("Slice", [logits] + constants, named: prefix + name)
    }
    let boxes = slice("boxes", from: 0, to: 4)
    let raw = slice("raw", from: 4, to: fields)
    let scores = editor.add(
      "Sigmoid", [raw], named: prefix + "Sigmoid", output: prefix + "scores")
    editor.add(
      Node(
        name: prefix + "Concat", operation: "Concat", inputs: [boxes, scores], outputs: [output],
        attributes: ["axis": .int(2)]))
    editor.outputs = [output]
    return try editor.finish()
  }
}
