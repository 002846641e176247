extension CodecDefinition {
  /// Zstandard with the frame before as its dictionary.
  ///
  /// It shares number, levels and coders with `zstd`: a delta has a dictionary, a key has none.
  static let zstdDictionary = CodecDefinition(
    name: "zstd-dict", wireIdentifier: zstd.wireIdentifier, levels: zstd.levels, isTemporal: true,
    coding: zstd.coding)
}

extension CodecName {
  /// Zstandard with the frame before as dictionary.
  public static let zstdDictionary = CodecName(.zstdDictionary)
}
