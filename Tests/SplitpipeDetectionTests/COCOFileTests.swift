import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeDetection

/// What happens to COCO files that are not what they should be.
struct COCOFileTests {
  private static let labels = """
    {"images": [{"id": 1}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1,
     "bbox": [0, 0, 10, 10], "area": 100, "iscrowd": 0}], "categories": [{"id": 1, "name": "a"}]}
    """
  private static let results = """
    [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 10, 10], "score": 0.5}]
    """

  private static func score(
    _ labels: String, _ results: String, images: [COCOID]? = nil
  ) throws -> COCOStatistics {
    let folder = try TemporaryFolder()
    return try scoreCOCO(
      truthPath: folder.write("labels.json", labels),
      detectionsPath: folder.write("results.json", results), images: images
    ).statistics
  }

  @Test func `a perfect result scores 1 and an empty one 0`() throws {
    #expect(try Self.score(Self.labels, Self.results).ar1 == 1)
    let empty = try Self.score(Self.labels, "[]")
    #expect(empty.ap == 0 && empty.ar100 == 0 && empty.apLarge == -1)
  }

  @Test(arguments: [
    ("\"images\"", "\"pictures\"", "the file has no \"images\""),
    ("\"categories\"", "\"x\"", "the file has no \"categories\""),
    ("\"image_id\": 1, ", "", "annotation 0 (counted from 0) has no \"image_id\""),
    ("\"category_id\": 1,", "", "annotation 0 (counted from 0) has no \"category_id\""),
    ("\"bbox\": [0, 0, 10, 10],", "", "annotation 0 (counted from 0) has no \"bbox\""),
    ("[0, 0, 10, 10]", "[0, 0, 10]", "in \"bbox\": expected 4 numbers, not 3"),
    ("[0, 0, 10, 10]", "[0, 0, 10, NaN]", "annotation 0 (counted from 0) has NaN or Infinity"),
    ("\"area\": 100", "\"area\": -Infinity", "annotation 0 (counted from 0) has NaN or Infinity"),
    ("[0, 0, 10, 10]", "[0, 0, 10, Nan]", "expected whole, valid JSON"),
    ("[0, 0, 10, 10]", "[0, 0, 10, 1e999]", "expected whole, valid JSON"),
    ("[0, 0, 10, 10]", "{}", "annotation 0 (counted from 0) is not as expected in \"bbox\""),
    ("{\"id\": 1}]", "{\"id\": 1.5}]", "in \"id\": expected a whole number or a text"),
    ("{\"id\": 1}]", "{\"id\": [1]}]", "image 0 (counted from 0) is not as expected in \"id\""),
    ("{\"id\": 1}]", "7]", "image 0 (counted from 0) is not as expected"),
    ("\"name\": \"a\"", "\"n\": 1", "category 0 (counted from 0) has no \"name\""),
    ("\"name\": \"a\"", "\"name\": \"\\q\"", "expected whole, valid JSON"),
    ("\"a\"}]}", "\"a\"}]} x", "expected whole, valid JSON"),
  ])
  func `labels with a fault name the field`(
    _ good: String, _ bad: String, _ problem: String
  ) throws {
    let labels = Self.labels.replacing(good, with: bad, maxReplacements: 1)
    let error = try #require(throws: SplitpipeError.self) {
      try Self.score(labels, Self.results)
    }
    #expect(error.kind == .badData)
    #expect(error.message.contains("labels.json\" as COCO labels: "))
    #expect(error.message.contains(problem), "\(error.message)")
  }

  @Test(arguments: [
    ("\"score\": 0.5", "\"s\": 1", "result 0 (counted from 0) has no \"score\""),
    ("0.5", "NaN", "result 0 (counted from 0) has NaN or Infinity where a number is expected"),
    ("0.5", "null", "result 0 (counted from 0) is not as expected in \"score\""),
    ("[{", "{\"a\": [{", "expected whole, valid JSON"),
    ("[{\"image_id\"", "{\"annotations\": [{\"i\"", "expected whole, valid JSON"),
    ("\"image_id\": 1", "\"image_id\": 5", "result 0 (counted from 0) is for image 5, which"),
  ])
  func `results with a fault name the field`(
    _ good: String, _ bad: String, _ problem: String
  ) throws {
    let results = Self.results.replacing(good, with: bad, maxReplacements: 1)
    let error = try #require(throws: SplitpipeError.self) {
      try Self.score(Self.labels, results)
    }
    #expect(error.kind == .badData)
    #expect(error.message.contains(problem), "\(error.message)")
  }

  @Test(arguments: [
    ("\"id\": 1}], \"ann", "\"id\": \"img\"}], \"ann", "\"image_id\": 1", "\"image_id\": \"img\""),
    (
      "\"category_id\": 1", "\"category_id\": \"c\"", "\"category_id\": 1", "\"category_id\": \"c\""
    ),
    ("\"id\": 1, \"image", "\"id\": \"a\", \"image", "0.5", "0.5"),
  ])
  func `ids may be texts`(
    _ number: String, _ text: String, _ resultNumber: String, _ resultText: String
  ) throws {
    var labels = Self.labels.replacing(number, with: text)
    if text.contains("img") {
      labels = labels.replacing("\"image_id\": 1", with: "\"image_id\": \"img\"")
    }
    if text.contains("category") {
      labels = labels.replacing("{\"id\": 1, \"name\"", with: "{\"id\": \"c\", \"name\"")
    }
    let results = Self.results.replacing(resultNumber, with: resultText)
    #expect(try Self.score(labels, results).ar1 == 1)
  }

  @Test func `a text that is a number is that number, and numbers come first by size`() {
    #expect(COCOID("12") == COCOID(12))
    let ids = [COCOID("b"), COCOID("10"), COCOID(10), COCOID(9), COCOID("9"), COCOID("a")]
    #expect(ids.sorted().map(\.text) == ["9", "10", "10", "9", "a", "b"])
  }

  @Test func `a box is drawn around an outline that has none`() throws {
    let labels = Self.labels.replacing(
      "\"bbox\": [0, 0, 10, 10]", with: "\"segmentation\": [[0, 5, 10, 0], [3, 10, 4, 4]]")
    #expect(try Self.score(labels, Self.results).ar1 == 1)
    let error = try #require(throws: SplitpipeError.self) {
      try Self.score(
        labels.replacing("[[0, 5, 10, 0], [3, 10, 4, 4]]", with: "{\"counts\": [1, 2]}"),
        Self.results)
    }
    #expect(error.message.contains("the outline is no list of polygons"))
  }

  @Test func `results may stand under a name, and numbers that do not count may be none`() throws {
    let results = "{\"info\": NaN, \"annotations\": \(Self.results)}"
    #expect(try Self.score(Self.labels, results).ar1 == 1)
    let labels = Self.labels.replacing("{\"id\": 1}]", with: "{\"id\": 1, \"x\": -Infinity}]")
    #expect(try Self.score("\u{FEFF}" + labels, Self.results).ar1 == 1)
  }

  @Test(arguments: [
    ("<annotation><object/></annotation>", "XML as Pascal VOC has it"),
    ("<?xml?><annotations/>", "XML as CVAT writes it"), ("PK\u{3}\u{4}", "a ZIP archive"),
  ])
  func `files of other kinds are named`(_ text: String, _ kind: String) throws {
    let error = try #require(throws: SplitpipeError.self) { try Self.score(text, Self.results) }
    #expect(error.kind == .badData)
    #expect(error.message.contains("expected JSON, found \(kind)"), "\(error.message)")
  }

  @Test func `an image to score must be listed`() throws {
    let error = try #require(throws: SplitpipeError.self) {
      try Self.score(Self.labels, Self.results, images: [COCOID(1), COCOID(2)])
    }
    #expect(error.kind == .usage)
    #expect(error.message.contains("cannot score image 2"))
  }

  @Test func `a file of brackets is refused before the stack is gone`() throws {
    for text in ["[", "{\"a\":"] {
      let error = try #require(throws: SplitpipeError.self) {
        try Self.score(
          "{\"x\": " + String(repeating: text, count: 200_000), Self.results)
      }
      #expect(error.message.contains("expected whole, valid JSON"))
    }
  }

  @Test func `every prefix and every changed byte is an error or a score`() throws {
    let labels = Array(Self.labels.utf8)
    for count in 0..<labels.count {
      #expect(throws: SplitpipeError.self) {
        try COCODocument(Array(labels[..<count]))
      }
    }
    var refused = 0
    for index in labels.indices {
      for byte: UInt8 in [0, 0x22, 0x2C, 0x39, 0x5C, 0x5D, 0x7B, 0xFF] {
        var changed = labels
        changed[index] = byte
        do {
          _ = try COCODocument(changed)
        } catch {
          #expect((error as? SplitpipeError)?.kind == .badData)
          refused += 1
        }
      }
    }
    #expect(refused > labels.count)
  }
}
