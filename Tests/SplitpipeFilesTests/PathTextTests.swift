import SplitpipeFiles
import SplitpipeTestSupport
import Testing

@Suite struct `Paths as text` {
  @Test(arguments: [
    Array("plain/a.jpg".utf8), Array("caf\u{E9} \u{1F697}".utf8), [0x63, 0x61, 0x66, 0xE9],
    [0xE9, 0x2F, 0xE9, 0xE9], [0xC3], [0xF0, 0x9F, 0x9A], [0xED, 0xA0, 0x80], [0xFF, 0xFE, 0x41],
    Array("\u{10F7E9}.jpg".utf8), Array("\u{10F7E9}".utf8) + [0xE9], [0xC0, 0xAF], [],
  ])
  func `come back as they were`(bytes: [UInt8]) {
    #expect(PathText.bytes(of: PathText.text(bytes)) == bytes)
  }

  @Test(arguments: [UInt64](1...20))
  func `come back as they were, whatever their bytes`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let signs: [UInt8] = [0x2F, 0x41, 0x80, 0x9F, 0xC3, 0xA9, 0xE9, 0xF4, 0x8F, 0xFF]
    var seen: [String: [UInt8]] = [:]
    for _ in 0..<500 {
      let bytes = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
        signs.randomElement(using: &generator) ?? 0
      }
      let text = PathText.text(bytes)
      #expect(PathText.bytes(of: text) == bytes, "seed \(seed)")
      #expect(seen[text] == nil || seen[text] == bytes, "seed \(seed): two paths, one text")
      seen[text] = bytes
    }
  }

  @Test func `are shown with their bytes where they are no UTF-8`() {
    let name = PathText.text([0x63, 0x61, 0x66, 0xE9, 0x2E, 0x6A, 0x70, 0x67])
    #expect(PathText.shown("cannot open \"\(name)\"") == "cannot open \"caf\\xE9.jpg\"")
    #expect(PathText.shown(name, sign: "\\\\") == "caf\\\\xE9.jpg")
    #expect(PathText.shown("Straße \u{1F697}") == "Straße \u{1F697}")
  }
}
