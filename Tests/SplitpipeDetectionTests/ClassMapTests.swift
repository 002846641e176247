import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeDetection

/// Which class of the labels is which of the model.
struct ClassMapTests {
  private static let names = ["person", "car", "traffic light"]
  private static let size = PixelSize(width: 100, height: 100)

  private static func classes(_ files: [String: String], map: String? = nil) throws -> (
    [Int], notes: [String]
  ) {
    let folder = try TemporaryFolder()
    for (name, text) in files { try folder.write(name, text) }
    var options = TruthOptions()
    options.classMap = try map.map { try ClassMap($0) } ?? ClassMap()
    let truth = try Truth(path: folder.path, classNames: names, options: options)
    let objects = try truth.objects(forFrame: 0, fileName: "a.jpg", size: size) ?? []
    return (objects.map(\.classIndex), truth.notes)
  }

  private static func label(_ classes: Int...) -> String {
    classes.enumerated().map { "\($1) 0.5 0.\($0 + 1) 0.1 0.1" }.joined(separator: "\n")
  }

  @Test func `names beside labels are found among the model's, whatever their order`() throws {
    let labels = Self.label(0, 1)
    for list in [
      ("data.yaml", "names: [Traffic_Light, person]"),
      ("data.yaml", "nc: 2\nnames:\n  1: person\n  0: traffic light\n"),
      ("classes.txt", "traffic-light\r\nperson\r\n"), ("labels/obj.names", "traffic light\nperson"),
    ] {
      let found = try Self.classes(["labels/a.txt": labels, list.0: list.1])
      #expect(found.0 == [2, 0], "\(list.0)")
      #expect(found.notes.count == 1 && found.notes[0].contains("by name"))
    }
    let same = try Self.classes(["labels/val/a.txt": labels, "data.yaml": "names: [person, car]"])
    #expect(same.0 == [0, 1] && same.notes.isEmpty)
  }

  @Test func `names that the model does not know end it, unless a map says what is what`() throws {
    let files = ["labels/a.txt": Self.label(0, 1, 2), "data.yaml": "names: [helmet, vest, car]"]
    let error = try #require(throws: SplitpipeError.self) { try Self.classes(files) }
    #expect(error.kind == .badData)
    for part in [
      "data.yaml", "\"helmet\", \"vest\"", "its class 0 is \"person\"", "--map helmet=",
    ] {
      #expect(error.message.contains(part), "\(error.message)")
    }
    let mapped = try Self.classes(files, map: "helmet=person, 1=traffic light")
    #expect(mapped.0 == [0, 2, 1])
    // The third, a car, has another number in the model.
    #expect(mapped.notes.count == 1 && mapped.notes[0].contains("by name"))
    let partly = try Self.classes(files, map: "helmet=0")
    #expect(partly.0 == [0, 1])
    #expect(partly.notes.contains { $0.contains("\"vest\"") && $0.contains("left out") })
  }

  @Test func `labels without names go by number`() throws {
    let found = try Self.classes(["a.txt": Self.label(0, 7)], map: "7=car")
    #expect(found.0 == [0, 1])
    let error = try #require(throws: SplitpipeError.self) {
      try Self.classes(["a.txt": Self.label(7)])
    }
    #expect(error.message.contains("has the class 7, but the model's classes are 0 to 2"))
    let unnamed = try #require(throws: SplitpipeError.self) {
      try Self.classes(["a.txt": Self.label(0), "classes.txt": "person"], map: "car=car")
    }
    #expect(unnamed.kind == .usage)
  }

  @Test func `a class that a list does not name is bad data`() throws {
    let error = try #require(throws: SplitpipeError.self) {
      try Self.classes(["a.txt": Self.label(0, 2), "classes.txt": "person\ncar\n"])
    }
    #expect(error.message.contains("line 2 has the class 2"))
    #expect(error.message.contains("names 2 classes, 0 to 1"))
  }

  @Test(arguments: [
    ("helmet", "not \"helmet\""), ("a=b=c", "not \"a=b=c\""), ("=car", "not \"=car\""),
    ("a=car,,b=car", "not \"\""), ("a=car,a=person", "twice what \"a\" is"), ("", "not \"\""),
  ])
  func `what is no map is wrong usage`(_ text: String, _ part: String) throws {
    let error = try #require(throws: SplitpipeError.self) { try ClassMap(text) }
    #expect(error.kind == .usage && error.message.contains(part), "\(error.message)")
  }

  @Test(arguments: [
    ("0=persn", "the model has no class \"persn\"; write \"person\""),
    ("0=3", "the model has no class \"3\""),
    ("helmt=car", "has no class \"helmt\"; write \"helmet\""),
  ])
  func `unknown classes are wrong usage with the nearest`(_ map: String, _ part: String) throws {
    let error = try #require(throws: SplitpipeError.self) {
      try Self.classes(["a.txt": Self.label(0), "classes.txt": "helmet"], map: map)
    }
    #expect(error.kind == .usage && error.message.contains(part), "\(error.message)")
  }

  @Test func `categories of a COCO file are mapped by name or id`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "i.json",
      """
      {"images": [{"id": 1, "file_name": "a.jpg"}],
       "categories": [{"id": 1, "name": "helmet"}, {"id": 5, "name": "vest"}],
       "annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1]},
        {"image_id": 1, "category_id": 5, "bbox": [0, 0, 1, 1]}]}
      """)
    var options = TruthOptions()
    options.classMap = try ClassMap("helmet=person,5=car")
    let truth = try Truth(path: path, classNames: Self.names, options: options)
    let objects = try truth.objects(forFrame: 0, fileName: "a.jpg", size: Self.size)
    #expect(objects?.map(\.classIndex) == [0, 1] && truth.notes.isEmpty)
    #expect(truth.categories?[1] == COCOID(5))
    let error = try #require(throws: SplitpipeError.self) {
      try Truth(path: path, classNames: Self.names)
    }
    #expect(error.message.contains("--map helmet=person"))
  }

  @Test(arguments: [
    ("names: [", "not valid YAML"), ("- a", "expected keys"), ("names: 7", "names is a list"),
    ("names: {x: y}", "line 1: expected the number of a class"),
    ("nc: 80\nnames: [a]", "nc is 80, but names has 1"), ("val: {a: b}", "line 1: val is a folder"),
    ("names: [a]\nkpt_shape: [17]", "line 2: kpt_shape"), ("names: [[a]]", "expected the name"),
  ])
  func `a data file with a fault names it`(_ text: String, _ part: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("data.yaml", text)
    let error = try #require(throws: SplitpipeError.self) { try DatasetFile(path: path) }
    #expect(error.kind == .badData)
    #expect(error.message.contains("data.yaml") && error.message.contains(part), "\(error.message)")
  }

  @Test func `a data file is read as Ultralytics and Roboflow write it`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "data.yaml",
      """
      \u{FEFF}path: ../sets/x  # comment
      train: ../train/images
      val: [a, b.txt]
      test:
      nc: 2
      names: ['a b', 7]
      kpt_shape: [17, 3]
      roboflow: {license: CC BY 4.0, version: 3}
      """)
    let file = try DatasetFile(path: path)
    #expect(file.root == "../sets/x" && file.names == [0: "a b", 1: "7"])
    #expect(file.places == ["train": ["../train/images"], "val": ["a", "b.txt"], "test": []])
    #expect(file.keypoints.map { [$0.count, $0.numbers] } == [17, 3])
  }
}
