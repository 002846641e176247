package import SplitpipeCore

/// Lets a graph take the picture as bytes: its first input becomes uint8 under the same name, cast
/// to float32, multiplied by `scale` inside the graph (not where `scale` is 1) and normalized per
/// plane (not where `normalization` is nil).
///
/// `scale` is what one step of a byte is worth to the model, usually 1/255 or 1.
package func prependingByteInput(
  _ graph: ModelGraph, scale: Float, normalization: PixelNormalization? = nil
) -> ModelGraph {
  guard let input = graph.inputs.first else { return graph }
  var result = graph
  result.inputs[0].elementType = .uint8
  let prefix = "splitpipe/bytes/\(input.name)"
  var picture = prefix + "/float"
  var nodes = [
    Node(
      name: prefix + "/Cast", operation: "Cast", inputs: [input.name], outputs: [picture],
      attributes: ["to": .int(Int64(ElementType.float32.rawValue))])
  ]
  func append(_ operation: String, by values: [Float], shape: [Int], _ constant: String) {
    let made = "\(prefix)/\(constant)/result"
    result.weights["\(prefix)/\(constant)"] = Weight(
      shape: Shape(shape), elementType: .float32, bytes: littleEndian(values.map(\.bitPattern)))
    nodes.append(
      Node(
        name: "\(prefix)/\(operation)", operation: operation,
        inputs: [picture, "\(prefix)/\(constant)"], outputs: [made]))
    picture = made
  }
  if scale != 1 { append("Mul", by: [scale], shape: [], "scale") }
  if let normalization {
    let (mean, deviation) = (normalization.mean, normalization.deviation)
    append("Sub", by: (0..<3).map { mean[$0] }, shape: [1, 3, 1, 1], "mean")
    append("Div", by: (0..<3).map { deviation[$0] }, shape: [1, 3, 1, 1], "deviation")
  }
  for index in result.nodes.indices {
    result.nodes[index].inputs = result.nodes[index].inputs.map { $0 == input.name ? picture : $0 }
  }
  result.nodes = nodes + result.nodes
  return result
}
