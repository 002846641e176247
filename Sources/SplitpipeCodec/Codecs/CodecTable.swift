/// The codecs there are. A new one is a file with its definition, and a line here.
enum CodecTable {
  /// In the order in which help texts and reports have them.
  static let all: [CodecDefinition] = [
    .rle,
    .packed,
    .raw,
    .context,
    .zlib,
    .zstd,
    .zstdDictionary,
  ]

  /// The codec of this name, without a level.
  static func codec(named name: some StringProtocol) -> CodecDefinition? {
    all.first { $0.name == name }
  }

  /// The codec that reads what this number stands for in a packet: of two, the one that knows deltas
  /// reads what both write.
  static func codec(wireIdentifier: UInt8) -> CodecDefinition? {
    let readers = all.filter { $0.wireIdentifier == wireIdentifier }
    return readers.first(where: \.isTemporal) ?? readers.first
  }
}
