import SplitpipeCore

extension GraphBuilder {
  /// What the picture is called that a network takes.
  private static let input = "images"

  /// Adds a network's layers, each at its position, to the picture `images` of a size.
  ///
  /// - Returns: the output of each layer.
  /// - Throws: `.badData` where shapes do not fit.
  mutating func add(_ layers: [NetworkLayer], size: PixelSize) throws -> [Value] {
    let input = Value(name: Self.input, channels: 3, height: size.height, width: size.width)
    var values: [Value] = []
    for (position, layer) in layers.enumerated() {
      let inputs = layer.sources.map { $0 < 0 ? input : values[$0] }
      values.append(try add(layer.block, path: String(position), inputs: inputs))
    }
    return values
  }

  /// All that was added as a graph that takes the picture `images` of a size and gives one tensor.
  ///
  /// - Throws: `.badData` where two tensors have one name.
  func graph(name: String, size: PixelSize, output: String) throws -> ModelGraph {
    let graph = ModelGraph(
      name: name, opset: 13, nodes: nodes,
      inputs: [
        GraphInput(
          name: Self.input, elementType: .float32, dimensions: [1, 3, size.height, size.width])
      ],
      outputs: [output], weights: weights, aliases: aliases)
    // The modules of a damaged file may have paths that make two tensors one.
    return try graph.sortedTopologically()
  }
}
