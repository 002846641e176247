import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeDetection

/// What programs write into YOLO label files.
struct YOLOTextTests {
  private static let size = PixelSize(width: 1000, height: 1000)

  private static func read(
    _ texts: [String: String], strict: Bool = false
  ) throws -> (boxes: [[Double]], notes: [String]) {
    try read(bytes: texts.mapValues { Array($0.utf8) }, strict: strict)
  }

  private static func read(
    bytes texts: [String: [UInt8]], strict: Bool = false
  ) throws -> (boxes: [[Double]], notes: [String]) {
    let folder = try TemporaryFolder()
    for (name, bytes) in texts { try folder.write(name, bytes) }
    var options = TruthOptions()
    options.isStrict = strict
    let truth = try Truth(path: folder.path, classNames: ["a", "b"], options: options)
    let objects = try truth.objects(forFrame: 0, fileName: "p.jpg", size: size) ?? []
    return (
      objects.map { object in
        [object.x, object.y, object.width, object.height].map { $0.rounded() }
      }, truth.notes
    )
  }

  private static let box = "0 0.5 0.5 0.2 0.4\n"
  private static let boxes: [[Double]] = [[400, 300, 200, 400]]

  @Test(arguments: [
    "0 0.4 0.3 0.6 0.3 0.6 0.7 0.4 0.7", "0 0.4 0.3 0.6 0.5 0.5 0.7",
    "0 0.4 0.3 0.6 0.3 0.6 0.7 0.4 0.7 0.87", "0 0.5 0.3 0.6 0.5 0.5 0.7 0.4 0.5 0.45 0.4",
  ])
  func `corners of an outline become the box around them`(_ line: String) throws {
    let found = try Self.read(["p.txt": line])
    #expect(found.boxes == Self.boxes)
    #expect(found.notes.count == (line.hasSuffix("87") ? 1 : 0))
    // Boxes and outlines in one set, as Ultralytics reads them.
    let mixed = try Self.read(["p.txt": Self.box, "q.txt": line])
    #expect(mixed.boxes == Self.boxes)
  }

  @Test func `any text file will do`() throws {
    let text = "0\t0.5 0.5\t0.2 0.4"
    func wide(_ text: String, isBig: Bool) -> [UInt8] {
      (isBig ? [0xFE, 0xFF] : [0xFF, 0xFE])
        + text.utf16.flatMap { unit -> [UInt8] in
          let (high, low) = (UInt8(unit >> 8), UInt8(unit & 255))
          return isBig ? [high, low] : [low, high]
        }
    }
    let forms: [[UInt8]] = [
      [0xEF, 0xBB, 0xBF] + Array(text.utf8), Array((text + "\r\n\r\n").utf8),
      Array((text + "\r" + text + "\r").utf8), wide(text, isBig: false), wide(text, isBig: true),
    ]
    for bytes in forms {
      #expect(try Self.read(bytes: ["p.TXT": bytes]).boxes == Self.boxes)
    }
    let others = try Self.read([
      "p.txt": Self.box, "._p.txt": "\u{0}\u{5}", "README.roboflow.txt": "Exported by",
      "train.txt": "images/p.jpg", "classes.txt": "a\nb",
    ])
    #expect(others.boxes == Self.boxes && others.notes.isEmpty)
  }

  @Test func `a confidence and a track are ignored, and that is said`() throws {
    for end in [" 0.9", " 0.9 12", " 0.9 1"] {
      let found = try Self.read(["p.txt": Self.box.dropLast() + end + "\n"])
      #expect(found.boxes == Self.boxes)
      #expect(found.notes.count == 1 && found.notes[0].contains("1 labels have a confidence"))
    }
  }

  @Test func `numbers a little over the border are clipped, and that is said`() throws {
    let found = try Self.read(["p.txt": "0 0.5 0.5 0.2 1.0004374\n1 0.5 0.5 1.0000005 0.1"])
    #expect(found.boxes.first == [400, 0, 200, 1000])
    #expect(found.notes.count == 1)
    #expect(found.notes[0].contains("1 labels reach over the border"))
  }

  @Test func `a bad line costs itself, and that is said with file and line`() throws {
    let texts = ["p.txt": Self.box + "0 0.5 0.5\n", "q.txt": "1 0.5 0.5 0.1 0.1\n"]
    let found = try Self.read(texts)
    #expect(found.boxes == Self.boxes)
    #expect(found.notes.count == 1)
    #expect(found.notes[0].contains("1 of 3 lines of labels cannot be used"))
    #expect(found.notes[0].contains("p.txt\": line 2 has 3 fields"))
    let error = try #require(throws: SplitpipeError.self) { try Self.read(texts, strict: true) }
    #expect(error.kind == .badData && error.message.contains("p.txt\": line 2 has 3 fields"))
    // Labels in pixels are no labels of which a few lines are bad.
    let pixels = try #require(throws: SplitpipeError.self) {
      try Self.read(["p.txt": Self.box + "0 50 50 10 10\n0 60 50 10 10\n"])
    }
    #expect(pixels.message.contains("(and so with 2 of 3 lines)"))
  }

  @Test func `keypoints after a box are told from an outline by the file as a whole`() throws {
    let pose = "0 0.5 0.5 0.2 0.4 0.45 0.4 2 0.55 0.6 1\n"
    let found = try Self.read(["p.txt": pose, "q.txt": "0 0.3 0.3 0.2 0.2 0 0 0 0.3 0.35 2\n"])
    #expect(found.boxes == Self.boxes)
    #expect(found.notes.count == 1 && found.notes[0].contains("2 keypoints"))
    // A frame around the whole picture has zeros and ones at the same places.
    let whole = try Self.read(["p.txt": "0 0 0 1 0 1 1 0 1 0 0\n"])
    #expect(whole.boxes == [[0, 0, 1000, 1000]] && whole.notes.isEmpty)
    let flat = "0 0.5 0.5 0.2 0.4 0.45 0.4 0.55 0.6\n"
    let error = try #require(throws: SplitpipeError.self) { try Self.read(["p.txt": flat]) }
    #expect(error.message.contains("kpt_shape: [2, 2]"))
    let told = try Self.read(["p.txt": flat, "data.yaml": "kpt_shape: [2, 2]\nnames: [a, b]"])
    #expect(told.boxes == Self.boxes && told.notes.isEmpty)
    let outlines = try Self.read(["p.txt": flat, "data.yaml": "kpt_shape: [0, 2]\nnames: [a, b]"])
    #expect(outlines.boxes == [[200, 400, 350, 200]])
  }

  @Test func `labels of other forms are named`() throws {
    let error = try #require(throws: SplitpipeError.self) {
      try Self.read(["a.xml": "<annotation/>", "b.xml": ""])
    }
    #expect(error.message.contains("but 2 .xml files (Pascal VOC or CVAT)"))
  }

  @Test func `every prefix and every changed byte of a file is an error or labels`() throws {
    let text = Array((Self.box + "1 0.4 0.3 0.6 0.3 0.6 0.7 0.4 0.7\n").utf8)
    for count in 0..<text.count { _ = try? Self.read(bytes: ["p.txt": Array(text[..<count])]) }
    for index in text.indices {
      for byte: UInt8 in [0, 0x0D, 0x2D, 0x39, 0x65, 0xFF] {
        var changed = text
        changed[index] = byte
        do {
          _ = try Self.read(bytes: ["p.txt": changed])
        } catch {
          #expect((error as? SplitpipeError)?.kind == .badData)
        }
      }
    }
  }
}
