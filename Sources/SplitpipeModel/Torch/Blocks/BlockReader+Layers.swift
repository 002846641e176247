extension BlockReader {
  /// Reads layers in the order of the network, each with where its inputs come from.
  ///
  /// - Throws: `.badData` for a layer that is not supported, by its path.
  mutating func layers(_ modules: some Sequence<TorchModule>) throws -> [NetworkLayer] {
    var layers: [NetworkLayer] = []
    for (position, module) in modules.enumerated() {
      layers.append(
        NetworkLayer(
          sources: try module.sources(position: position), block: try block(module)))
    }
    return layers
  }
}
