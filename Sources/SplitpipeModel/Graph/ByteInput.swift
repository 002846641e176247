package import SplitpipeCore

/// Lets a graph take the picture as bytes: its first input becomes uint8 under the same name, cast
/// to float32, multiplied by `scale` inside the graph (not where `scale` is 1) and normalized per
/// plane (not where `normalization` is nil).
///
/// `scale` is what one step of a byte is worth to the model, usually 1/255 or 1.
///
/// - Precondition: the graph is sound, as all that are read, cut or edited are.
package func prependingByteInput(
  _ graph: ModelGraph, scale: Float, normalization: PixelNormalization? = nil
) -> ModelGraph {
  guard let input = graph.inputs.first else { return graph }
  let prefix = "splitpipe/bytes/\(input.name)"
  var editor = GraphEditor(graph)
  editor.inputs[0].elementType = .uint8
  editor.insert(at: input.name) { editor in
    var picture = editor.add(
      "Cast", [input.name], named: prefix + "/Cast", output: prefix + "/float",
      attributes: ["to": .int(Int64(ElementType.float32.rawValue))])
    func apply(_ operation: String, _ values: [Float], shape: [Int], _ name: String) {
      let constant = editor.add(
        Weight(floats: values, shape: Shape(shape)), named: "\(prefix)/\(name)")
      picture = editor.add(
        operation, [picture, constant], named: "\(prefix)/\(operation)",
        output: "\(prefix)/\(name)/result")
    }
    if scale != 1 { apply("Mul", [scale], shape: [], "scale") }
    if let normalization {
      let (mean, deviation) = (normalization.mean, normalization.deviation)
      apply("Sub", (0..<3).map { mean[$0] }, shape: [1, 3, 1, 1], "mean")
      apply("Div", (0..<3).map { deviation[$0] }, shape: [1, 3, 1, 1], "deviation")
    }
    return picture
  }
  do {
    return try editor.finish()
  } catch {
    preconditionFailure("a sound graph takes bytes: \(error)")
  }
}

extension ModelGraph {
  /// A graph that gives the picture it takes, 1×3×H×W.
  ///
  /// - Parameter size: width and height.
  /// - Returns: with the input `picture` and the output `values`.
  package static func picture(_ size: PixelSize) -> ModelGraph {
    ModelGraph(
      name: "picture", opset: 17,
      nodes: [
        Node(name: "values", operation: "Identity", inputs: ["picture"], outputs: ["values"])
      ],
      inputs: [
        GraphInput(
          name: "picture", elementType: .float32, dimensions: [1, 3, size.height, size.width])
      ], outputs: ["values"], weights: [:])
  }
}
