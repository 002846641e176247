import SplitpipeCore
import Testing

@testable import SplitpipeModel

@Suite struct ClassNameListTests {
  @Test(
    arguments: [
      ("{0: 'person', 1: \"driver's seat\"}", ["person", "driver's seat"]),
      ("{ 0 : 'a' , 1 : 'b', }", ["a", "b"]), ("{\"0\": \"a\"}", ["a"]),
      ("['a', 'it\\'s']", ["a", "it's"]), ("{}", []), ("[]", []), ("person\nbicycle", nil),
      ("", nil),
    ] as [(String, [String]?)])
  func `names are read from the literals exporters write`(text: String, names: [String]?) throws {
    #expect(try classNames(inMetadata: text) == names)
  }

  @Test(arguments: [
    "{", "{0", "{0:", "{0: 'a", "{0: 'a'", "{1: 'a'}", "{0: 'a', 2: 'b'}", "{0: 7}", "['a' 'b']",
    "[__import__('os')]", "{99999999999999999999: 'a'}", "['a\\",
  ])
  func `a damaged list is refused`(text: String) {
    let error = #expect(throws: SplitpipeError.self) { try classNames(inMetadata: text) }
    #expect(error?.kind == .badData)
    #expect(error?.message.hasPrefix("the class names in the model's metadata are damaged") == true)
  }

  @Test func `COCO has eighty different names`() {
    #expect(Set(cocoClassNames).count == 80)
    #expect(cocoClassNames[2] == "car")
    #expect(cocoClassNames[79] == "toothbrush")
  }
}
