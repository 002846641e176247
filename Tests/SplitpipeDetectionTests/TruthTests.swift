import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeDetection

struct TruthTests {
  private static let names = ["person", "car", "dog"]
  private static let size = PixelSize(width: 200, height: 100)

  private static let labels = """
    {"info": {"list": [1, [2, {"a": null}], true]},
     "images": [{"id": 0, "file_name": "a/one.jpg", "width": 200, "height": 100}, {"id": 4},
                {"id": 5, "file_name": "one.png"}],
     "annotations": [
       {"image_id": 0, "category_id": 7, "bbox": [10, 20.5, 3e1, 40], "area": 900, "iscrowd": 1},
       {"image_id": 0, "category_id": 9, "bbox": [1, 2, 3, 4],
        "segmentation": [[1, 2, 3.5, 4]]}, {"image_id": 9, "category_id": 7, "bbox": [0,0,1,1]},
       {"image_id": 4, "category_id": 8, "bbox": [1, 2, 3, 4]}],
     "categories": [{"id": 7, "name": "Dog"}, {"id": 9, "name": "caf\\u00e9"},
                    {"id": 8, "name": "person"}]}
    """

  @Test func `frames of a video are images of that id`() throws {
    let folder = try TemporaryFolder()
    let truth = try Truth(
      path: folder.write("instances.json", Self.labels), classNames: Self.names)
    #expect(
      try truth.objects(forFrame: 0, fileName: nil, size: Self.size) == [
        TruthObject(
          classIndex: 2, x: 10, y: 20.5, width: 30, height: 40, area: 900, isCrowd: true)
      ])
    #expect(
      try truth.objects(forFrame: 4, fileName: nil, size: Self.size) == [
        TruthObject(classIndex: 0, x: 1, y: 2, width: 3, height: 4)
      ])
    #expect(try truth.objects(forFrame: 5, fileName: nil, size: Self.size) == [])
    #expect(try truth.objects(forFrame: 1, fileName: nil, size: Self.size) == nil)
    #expect(truth.notes.count == 2)
    #expect(truth.notes[0].contains("1 objects of categories"))
    #expect(truth.notes[0].contains("\"café\""))
    #expect(truth.notes[1].contains("1 objects of images that it does not list"))
  }

  @Test func `of label files of one name those beside the pictures are meant`() throws {
    let folder = try TemporaryFolder()
    for (place, number) in [("train", 0), ("valid", 1), ("test", 2)] {
      for stem in ["one", "two"] {
        try folder.write("roboflow/\(place)/labels/\(stem).txt", "\(number) 0.5 0.5 0.1 0.1\n")
        try folder.write("coco/labels/\(place)/\(stem).txt", "\(number) 0.5 0.5 0.1 0.1\n")
      }
    }
    try folder.write("roboflow/train/labels/only.txt", "0 0.5 0.5 0.1 0.1\n")
    func found(_ root: String, _ pictures: String, _ name: String) throws -> [Int]? {
      var options = TruthOptions()
      options.pictures = folder.file(pictures)
      let truth = try Truth(path: folder.file(root), classNames: Self.names, options: options)
      #expect(truth.notes.contains { $0.contains("some of one name, the 2 nearest") })
      return try truth.objects(forFrame: 0, fileName: name, size: Self.size)?.map(\.classIndex)
    }
    #expect(try found("roboflow", "roboflow/valid/images", "two.jpg") == [1])
    #expect(try found("roboflow", "roboflow/test/images/one.jpg", "one.jpg") == [2])
    // Not the label of another part's picture that has the name.
    #expect(try found("roboflow", "roboflow/valid/images", "only.jpg") == [])
    #expect(try found("coco", "coco/images/valid", "one.jpg") == [1])
  }

  @Test func `of label files of one name far from the pictures none is chosen, and it is said`()
    throws
  {
    let folder = try TemporaryFolder()
    for place in ["train", "valid"] {
      try folder.write("root/\(place)/labels/one.txt", "0 0.5 0.5 0.1 0.1\n")
    }
    for pictures in ["elsewhere", "root", nil] {
      var options = TruthOptions()
      options.pictures = pictures.map(folder.file)
      let truth = try Truth(path: folder.file("root"), classNames: Self.names, options: options)
      let error = try #require(throws: SplitpipeError.self) {
        try truth.objects(forFrame: 0, fileName: "one.jpg", size: Self.size)
      }
      #expect(error.kind == .badData)
      #expect(error.message.contains("for the picture \"one.jpg\": 2 files have its name"))
      #expect(
        error.message.hasSuffix("as in --truth \(folder.file("root/train/labels"))"),
        "\(error.message)")
    }
  }

  @Test func `images are found by file name and must be of the labels' size`() throws {
    let folder = try TemporaryFolder()
    let truth = try Truth(
      path: folder.write("instances.json", Self.labels), classNames: Self.names)
    #expect(try truth.objects(forFrame: 7, fileName: "one.jpg", size: Self.size)?.count == 1)
    #expect(try truth.objects(forFrame: 0, fileName: "one.png", size: Self.size) == [])
    #expect(try truth.objects(forFrame: 0, fileName: "two.jpg", size: Self.size) == nil)
    let error = try #require(throws: SplitpipeError.self) {
      try truth.objects(
        forFrame: 0, fileName: "one.jpg", size: PixelSize(width: 100, height: 200))
    }
    #expect(error.kind == .badData)
    #expect(
      error.message.hasSuffix(
        "it says image 0 is 200×100 pixels, but \"one.jpg\" is 100×200; its boxes are for other "
          + "pixels"))
  }

  @Test func `a model without class names is mapped by the ids of COCO`() throws {
    let folder = try TemporaryFolder()
    let labels = """
      {"images": [{"id": 1}], "categories": [{"id": 1, "name": "person"},
       {"id": 90, "name": "toothbrush"}, {"id": 13, "name": "stop sign"}],
       "annotations": [{"image_id": 1, "category_id": 90, "bbox": [0, 0, 1, 1]},
        {"image_id": 1, "category_id": 13, "bbox": [0, 0, 1, 1]}]}
      """
    let path = try folder.write("instances.json", labels)
    let truth = try Truth(path: path, classNames: (0..<80).map { "class\($0)" })
    let objects = try truth.objects(forFrame: 1, fileName: nil, size: Self.size)
    #expect(objects?.map(\.classIndex) == [79, 11])
    #expect(truth.notes.isEmpty)
    let error = try #require(throws: SplitpipeError.self) {
      try Truth(path: path, classNames: ["bottle"])
    }
    #expect(
      error.message.contains(
        "none of its 3 categories (\"person\", \"toothbrush\", \"stop sign\") is among the model's "
          + "1 classes (\"bottle\")"))
  }

  @Test func `categories that a model with names does not know are refused, whatever their ids`()
    throws
  {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "instances.json",
      """
      {"images": [{"id": 1}], "categories": [{"id": 1, "name": "unicorn"}],
       "annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1]}]}
      """)
    let error = try #require(throws: SplitpipeError.self) {
      try Truth(path: path, classNames: (0..<80).map { "thing \($0)" })
    }
    #expect(error.kind == .badData)
    #expect(error.message.contains("none of its 1 categories (\"unicorn\")"))
    #expect(error.message.contains("rename the categories"))
    for name in ["", "class", "class ", "class_"] {
      #expect(throws: Never.self) {
        try Truth(path: path, classNames: (0..<80).map { "\(name)\($0)" })
      }
    }
  }

  @Test(arguments: ["", "labels/", "labels/train/"])
  func `YOLO labels are parts of the image's size`(_ place: String) throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("\(place)one.txt", "1 0.5 0.5 0.5 0.25\r\n\n2\t1 1 0 0 \n1 .5 .5 .5 .25")
    _ = try folder.write("\(place)classes.txt", "person\ncar\ndog\n")
    let truth = try Truth(path: folder.path, classNames: Self.names)
    #expect(
      try truth.objects(forFrame: 0, fileName: "one.jpeg", size: Self.size) == [
        TruthObject(classIndex: 1, x: 50, y: 37.5, width: 100, height: 25),
        TruthObject(classIndex: 2, x: 200, y: 100, width: 0, height: 0),
      ])
    #expect(try truth.objects(forFrame: 0, fileName: "two.jpg", size: Self.size) == [])
    #expect(truth.notes.count == 1)
    #expect(truth.notes.first?.contains("1 labels that stand there twice") == true)
    let error = try #require(throws: SplitpipeError.self) {
      try truth.objects(forFrame: 0, fileName: nil, size: Self.size)
    }
    #expect(error.message.contains("\"\(place)one.txt\" does not end"))
  }

  @Test func `frames of a video have label files named by number`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("000003.txt", "0 0.5 0.5 1 1")
    _ = try folder.write("000000.txt", "")
    let truth = try Truth(path: folder.path, classNames: Self.names)
    #expect(try truth.objects(forFrame: 3, fileName: nil, size: Self.size)?.count == 1)
    #expect(try truth.objects(forFrame: 2, fileName: nil, size: Self.size) == [])
  }

  @Test(arguments: [
    ("0 0.5 0.5 0.5", "line 1 has 4 fields, expected 5"),
    ("0 0.5 0.5 0.5 0.5 0.5 0.5 2.5 0.5", "line 1 has 2.5, expected numbers from 0 to 1"),
    ("3 0.5 0.5 0.5 0.5", "line 1 has the class 3, but the model's classes are 0 to 2"),
    ("-1 0.5 0.5 0.5 0.5", "line 1 has the class -1,"),
    ("0.5 0.5 0.5 0.5 0.5", "line 1 has the class 0.5,"),
    ("1e300 0.5 0.5 0.5 0.5", "line 1 has the class 1e300,"),
    ("0 0.5 1.5 0.5 0.5", "line 1 has 1.5, expected numbers from 0 to 1"),
    ("\n0 0.5 0.5 0.5 -0.1", "line 2 has -0.1, expected numbers from 0 to 1"),
    ("0 nan 0.5 0.5 0.5", "line 1 has \"nan\" where a number is expected"),
    ("0 x 0.5 0.5 0.5", "line 1 has \"x\" where a number is expected"),
    ("\u{0}\u{1}PNG", "line 1 has 1 fields, expected 5"),
  ])
  func `a bad YOLO label is named by file and line`(_ text: String, _ problem: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("one.txt", text)
    let error = try #require(throws: SplitpipeError.self) {
      try Truth(path: folder.path, classNames: Self.names)
    }
    #expect(error.kind == .badData)
    #expect(error.message.contains("one.txt\": \(problem)"), "\(error.message) for \(path)")
  }

  @Test func `nothing there is missing input and nothing in there is bad data`() throws {
    let folder = try TemporaryFolder()
    let missing = try #require(throws: SplitpipeError.self) {
      try Truth(path: folder.file("nowhere"), classNames: Self.names)
    }
    #expect(missing.kind == .missingInput)
    let empty = try #require(throws: SplitpipeError.self) {
      try Truth(path: folder.path, classNames: Self.names)
    }
    #expect(empty.kind == .badData)
    #expect(empty.message.contains("holds no label files (.txt)"))
  }

  @Test(SharedData.needs("data/coco128/instances.json", "data/coco128/labels/000000000009.txt"))
  func `both forms of a dataset's labels agree`() throws {
    let names = try COCODocument(path: SharedData.path("data/coco128/instances.json"))
      .categories.map(\.name)
    #expect(names.count == 80)
    let coco = try Truth(
      path: SharedData.path("data/coco128/instances.json"), classNames: names)
    let yolo = try Truth(path: SharedData.path("data/coco128"), classNames: names)
    let size = PixelSize(width: 640, height: 480)
    func objects(_ truth: Truth) throws -> [TruthObject] {
      try #require(try truth.objects(forFrame: 0, fileName: "000000000009.jpg", size: size))
        .sorted { ($0.classIndex, $0.x) < ($1.classIndex, $1.x) }
    }
    let (left, right) = (try objects(coco), try objects(yolo))
    #expect(left.map(\.classIndex) == right.map(\.classIndex))
    for (left, right) in zip(left, right) {
      #expect(abs(left.x - right.x) < 0.01 && abs(left.width - right.width) < 0.01)
      #expect(abs(left.y - right.y) < 0.01 && abs(left.height - right.height) < 0.01)
    }
    #expect(coco.notes.isEmpty && yolo.notes.isEmpty)
  }
}
