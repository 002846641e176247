import SplitpipeCore

extension YOLOv5Network {
  /// Builds the network for one input size: input `images` 1×3×H×W (float32 RGB from 0 to 1),
  /// output `output` 1×N×(5+classes) (see `GraphBuilder.add(_:path:inputs:input:output:)`).
  ///
  /// The output tensor of a module is named by the path of the outermost module that ends in it;
  /// `aliases` holds every path.
  ///
  /// - Throws: `.usage` where a side is no multiple of the largest stride or too long, `.badData`
  ///   where the network's shapes do not fit together.
  func graph(size: PixelSize, maximumSide: Int) throws -> ModelGraph {
    for side in [size.width, size.height] {
      guard side > 0, side <= maximumSide, side.isMultiple(of: largestStride) else {
        throw SplitpipeError(
          .usage,
          "\(name) takes an input whose sides are multiples of \(largestStride) up to "
            + "\(maximumSide), not \(size)")
      }
    }
    var builder = GraphBuilder()
    let values = try builder.add(layers, size: size)
    let output = try builder.add(
      detect, path: String(layers.count), inputs: detect.sources.map { values[$0] }, input: size,
      output: "output")
    return try builder.graph(name: name, size: size, output: output)
  }
}
