import SplitpipeCodec
import SplitpipeCore
import Testing

struct CodecSettingsTests {
  @Test(arguments: CodecName.allCases)
  func `every codec is found under its name`(codec: CodecName) throws {
    #expect(try CodecName.parse(codec.rawValue) == codec)
  }

  @Test func `an unknown codec lists the valid ones, the nearest first`() {
    let error = #expect(throws: SplitpipeError.self) { try CodecName.parse("Pack") }
    #expect(error?.kind == .usage)
    #expect(
      error?.message == "unknown codec \"Pack\"; valid codecs, nearest first: packed, raw, rle")
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
      #expect((settings.coder == nil) == (bits == 32))
    }
  }
}
