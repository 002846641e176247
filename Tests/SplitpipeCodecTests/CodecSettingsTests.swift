import SplitpipeCore
import Testing

@testable import SplitpipeCodec

struct CodecSettingsTests {
  @Test(arguments: CodecName.allCases)
  func `every codec is found under its name`(codec: CodecName) throws {
    #expect(try CodecName.parse(codec.rawValue) == codec)
  }

  @Test func `an unknown codec lists the valid ones, the nearest first`() {
    let error = #expect(throws: SplitpipeError.self) { try CodecName.parse("Pack") }
    #expect(error?.kind == .usage)
    #expect(
      error?.message.hasPrefix("unknown codec \"Pack\"; valid codecs, nearest first: packed, ")
        == true)
    for codec in CodecName.allCases {
      #expect(error?.message.contains(codec.rawValue) == true)
    }
  }

  @Test(arguments: [
    ("zlib-9", 9), ("zlib", 6), ("zlib-6", 6), ("zstd", 1), ("zstd-19", 19), ("zstd-dict", 1),
    ("zstd-dict-3", 3),
  ])
  func `levels follow the name`(name: String, level: Int) throws {
    let codec = try CodecName.parse(name)
    #expect(codec.level == level)
    #expect(try CodecName.parse(codec.rawValue) == codec)
  }

  @Test(arguments: [
    ("zlib-0", "the levels of zlib are 1 to 9"), ("zstd-23", "the levels of zstd are 1 to 22"),
    ("zstd-dict-x", "the levels of zstd-dict are 1 to 22"), ("zstd-+3", "levels of zstd are"),
    ("rle-3", "unknown codec \"rle-3\"; valid codecs"), ("", "valid codecs"),
  ])
  func `a level out of range is named`(name: String, words: String) {
    let error = #expect(throws: SplitpipeError.self) { try CodecName.parse(name) }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "none")")
  }

  @Test(arguments: CodecName.allCases, [2, 3, 4, 5, 6, 7, 8, 32])
  func `32 bits go with raw alone`(codec: CodecName, bits: Int) throws {
    let depth = try depth(bits)
    if bits == 32, codec != .raw {
      let error = #expect(throws: SplitpipeError.self) {
        try CodecSettings(codec: codec, bits: depth)
      }
      #expect(error?.kind == .usage)
      #expect(error?.message.contains("use codec raw with 32 bits") == true)
    } else {
      let settings = try CodecSettings(codec: codec, bits: depth)
      #expect((settings.coder == nil) == (bits == 32 || codec.codesWholeFrames))
    }
  }
}
