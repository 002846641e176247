import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

@Suite struct `XML as programs write it` {
  private func events(_ text: String) throws -> [XMLReader.Event] {
    var reader = XMLReader(Array(text.utf8))
    var events: [XMLReader.Event] = []
    while let event = try reader.next() { events.append(event) }
    return events
  }

  @Test func `is read as elements, attributes and text`() throws {
    let found = try events(
      """
      \u{FEFF}<?xml version="1.0"?> <!-- a > b -->
      <net name = 'a "b"' version="1&lt;2&#65;&#x42;&other;&">
        <dim>12</dim><empty/><![CDATA[ <x> ]]>
      </net >
      """)
    #expect(
      found == [
        .start("net", ["name": "a \"b\"", "version": "1<2AB&other;&"]), .start("dim", [:]),
        .text("12"), .end("dim"), .start("empty", [:]), .end("empty"), .end("net"),
      ])
  }

  @Test(arguments: [
    "<", "<a", "<a b", "<a b=", "<a b=c>", "<a b='c", "</", "</a", "<!DOCTYPE a>", "<!-- a", "<?a",
    "<a b='c' d>", "<>",
  ])
  func `is refused where it is damaged`(text: String) {
    let error = #expect(throws: SplitpipeError.self) { try events(text) }
    #expect(error?.kind == .badData)
    #expect(error?.message.contains("damaged at byte") == true)
  }

  @Test(arguments: [UInt64](1...4))
  func `ends or throws, whatever the bytes`(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let signs = Array("<>/=\"'!?-[]&;ab \n".utf8)
    for _ in 0..<300 {
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        signs.randomElement(using: &random) ?? 0
      }
      var reader = XMLReader(bytes)
      var events = 0
      while (try? reader.next()) != nil { events += 1 }
      #expect(events <= 2 * bytes.count, "seed \(seed): \(bytes)")
    }
  }
}
