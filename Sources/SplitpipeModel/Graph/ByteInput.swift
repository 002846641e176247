import SplitpipeCore

/// Lets a graph take the picture as bytes: its first input becomes uint8 under the same name, cast
/// to float32 and multiplied by `scale` inside the graph (not multiplied where `scale` is 1).
///
/// `scale` is what one step of a byte is worth to the model, usually 1/255 or 1.
package func prependingByteInput(_ graph: ModelGraph, scale: Float) -> ModelGraph {
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
  if scale != 1 {
    let factor = prefix + "/scale"
    let scaled = prefix + "/scaled"
    result.weights[factor] = Weight(
      shape: Shape([]), elementType: .float32, bytes: littleEndian([scale.bitPattern]))
    nodes.append(
      Node(
        name: prefix + "/Mul", operation: "Mul", inputs: [picture, factor], outputs: [scaled]))
    picture = scaled
  }
  for index in result.nodes.indices {
    result.nodes[index].inputs = result.nodes[index].inputs.map { $0 == input.name ? picture : $0 }
  }
  result.nodes = nodes + result.nodes
  return result
}
