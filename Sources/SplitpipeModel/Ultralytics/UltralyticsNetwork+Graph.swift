import SplitpipeCore

extension UltralyticsNetwork {
  /// Builds the network for one input size: input `images` 1×3×H×W (float32 RGB from 0 to 1), output
  /// `output`: 1×(4+classes)×N, or 1×N×6 where the network chooses boxes itself (see
  /// `GraphBuilder.add(_:path:inputs:input:output:)`).
  ///
  /// The output tensor of a module is named by the path of the outermost module that ends in it;
  /// `aliases` holds every path but those of a `ModuleList`, which has no output.
  ///
  /// - Throws: `.usage` where a side is no multiple of `sideMultiple` or too long, `.badData` where
  ///   the network's shapes do not fit together.
  func graph(size: PixelSize, maximumSide: Int) throws -> ModelGraph {
    for side in [size.width, size.height] {
      guard side > 0, side <= maximumSide, side.isMultiple(of: sideMultiple) else {
        throw SplitpipeError(
          .usage,
          "\(name) takes an input whose sides are multiples of \(sideMultiple) up to "
            + "\(maximumSide), not \(size)")
      }
    }
    var builder = GraphBuilder()
    let values = try builder.add(layers, size: size)
    let output = try builder.add(
      head, path: String(layers.count), inputs: head.sources.map { values[$0] }, input: size,
      output: "output")
    return try builder.graph(name: name, size: size, output: output)
  }
}
