import SplitpipeCore
import Testing

@testable import SplitpipeCodec

@Suite struct `The table of codecs` {
  /// Names and numbers are promises: to scripts, and to receivers.
  @Test func `has the names and numbers that users and packets know`() {
    #expect(
      CodecTable.all.map { "\($0.wireIdentifier) \($0.name)" } == [
        "1 rle", "2 packed", "3 raw", "4 context", "5 zlib", "6 zstd", "6 zstd-dict",
      ])
    #expect(
      CodecName.syntax == "rle, packed, raw, context, zlib[-1…9], zstd[-1…22], zstd-dict[-1…22]")
  }

  @Test func `has no name twice, and a number twice only for a codec with deltas and one without`()
  {
    #expect(Set(CodecTable.all.map(\.name)).count == CodecTable.all.count)
    for (_, codecs) in Dictionary(grouping: CodecTable.all, by: \.wireIdentifier) {
      #expect(codecs.filter(\.isTemporal).count <= 1 && codecs.filter { !$0.isTemporal }.count <= 1)
    }
  }

  @Test func `has deltas only for codecs that code frames, and the usual among the levels`() {
    for codec in CodecName.allCases {
      #expect(!codec.isTemporal || codec.codesWholeFrames, "\(codec.rawValue)")
      if let levels = codec.definition.levels { #expect(levels.all.contains(levels.usual)) }
    }
  }

  @Test(arguments: CodecName.allCases)
  func `reads what stands for a codec with one that has its deltas`(codec: CodecName) throws {
    let reader = try #require(CodecName(wireIdentifier: codec.wireIdentifier))
    #expect(reader.isTemporal || !codec.isTemporal)
    #expect(reader == codec || reader.sharesKeys)
    #expect(codec.sharesKeys == (codec == .zstdDictionary))
    #expect(CodecName(wireIdentifier: 0) == nil && CodecName(wireIdentifier: 99) == nil)
  }
}
