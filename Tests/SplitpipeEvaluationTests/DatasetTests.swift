import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeEvaluation

@Suite struct `A dataset` {
  private let names = ["cat", "dog"]

  private func folder(_ files: [String: String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (name, text) in files { try folder.write(name, text) }
    return folder
  }

  private func images(_ dataset: Dataset) -> [Dataset.Image] {
    if case .images(let images) = dataset.pictures { images } else { [] }
  }

  @Test func `says which labels have no image and which images no labels`() throws {
    let folder = try folder([
      "d/images/a.jpg": "", "d/images/b.png": "", "d/images/notes.txt": "",
      "d/labels/a.txt": "0 0.5 0.5 0.1 0.1\n", "d/labels/z.txt": "",
    ])
    let dataset = try Dataset.detection(
      DatasetRequest(folder.file("d")), classNames: names)
    #expect(images(dataset).map { ($0.path as NSString).lastPathComponent } == ["a.jpg", "b.png"])
    #expect(dataset.notes.contains { $0.contains("z.txt") && $0.contains("without an image") })
    #expect(dataset.notes.contains { $0.contains("b.png") && $0.contains("without a label file") })
  }

  @Test(arguments: [
    ("2 0.5 0.5 0.1 0.1", "class 2"), ("0 0.5 1.5 0.1 0.1", "1.5"), ("0 0.5 0.5", "3 fields"),
  ])
  func `refuses a bad label with its file and line`(line: String, part: String) throws {
    let folder = try folder(["d/images/a.jpg": "", "d/labels/a.txt": line])
    let error = #expect(throws: SplitpipeError.self) {
      try Dataset.detection(
        DatasetRequest(folder.file("d")), classNames: names)
    }
    #expect(error?.kind == .badData)
    #expect(error?.message.contains("a.txt\": line 1") == true)
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
  }

  @Test func `of COCO form lists what is missing on either side`() throws {
    let json = """
      {"images": [{"id": 9, "file_name": "b.jpg"}, {"id": 3, "file_name": "sub/a.jpg"},
        {"id": 4, "file_name": "gone.jpg"}], "annotations": [],
        "categories": [{"id": 1, "name": "cat"}]}
      """
    let folder = try folder([
      "i.json": json, "images/a.jpg": "", "images/b.jpg": "", "images/c.jpg": "",
    ])
    var request = DatasetRequest(folder.file("i.json"))
    let dataset = try Dataset.detection(request, classNames: names)
    // By id, whatever the order of the file.
    #expect(images(dataset).map { ($0.path as NSString).lastPathComponent } == ["a.jpg", "b.jpg"])
    #expect(dataset.notes.contains { $0.contains("gone.jpg") })
    #expect(dataset.notes.contains { $0.contains("c.jpg") && $0.contains("not listed by") })
    request.images = folder.file("nowhere")
    let error = #expect(throws: SplitpipeError.self) {
      try Dataset.detection(request, classNames: names)
    }
    #expect(error?.kind == .missingInput)
    #expect(error?.message.contains("--images") == true)
  }

  @Test func `of classes is read from a table or from folders`() throws {
    let folder = try folder([
      "t/labels.csv": "file,class\na.jpg,1\n\"b.jpg\", cat\ngone.jpg,0\n", "t/images/a.jpg": "",
      "t/images/b.jpg": "", "f/0/a.jpg": "", "f/dog/b.jpg": "", "f/loose.jpg": "",
    ])
    let table = try Dataset.classes(
      DatasetRequest(folder.file("t")), classNames: names, classCount: 2)
    #expect(images(table).map(\.classIndex) == [1, 0])
    #expect(table.notes.contains { $0.contains("gone.jpg") })
    let folders = try Dataset.classes(
      DatasetRequest(folder.file("f")), classNames: names, classCount: 2)
    #expect(images(folders).map(\.classIndex) == [0, 1])
    #expect(folders.notes.contains { $0.contains("loose.jpg") })
  }

  @Test func `of classes is looked for inside folders around it, and in the part for validation`()
    throws
  {
    let folder = try folder([
      "set/train/cat/a.jpg": "", "set/train/dog/b.jpg": "", "set/val/cat/c.jpg": "",
      "set/val/dog/d.jpg": "",
    ])
    for path in [folder.file("set"), folder.file(".")] {
      let found = try Dataset.classes(DatasetRequest(path), classNames: names, classCount: 2)
      #expect(images(found).map { FileTree.name($0.path) } == ["c.jpg", "d.jpg"])
      #expect(images(found).map(\.classIndex) == [0, 1])
      #expect(found.notes.contains { $0.contains("\"val\" is used") })
    }
    let train = try Dataset.classes(
      DatasetRequest(folder.file("set/train")), classNames: names, classCount: 2)
    #expect(images(train).map { FileTree.name($0.path) } == ["a.jpg", "b.jpg"])
  }

  @Test func `in the form of MNIST has its pictures and labels`() throws {
    let folder = try TemporaryFolder()
    let pictures: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3] + Array(10..<22)
    let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 2, 1, 0]
    let path = try folder.write("t10k-images-idx3-ubyte", pictures)
    _ = try folder.write("t10k-labels-idx1-ubyte", labels)
    for path in [path, folder.file(".")] {
      let found = try Dataset.classes(DatasetRequest(path), classNames: [], classCount: 2)
      #expect(images(found).map(\.classIndex) == [1, 0])
      let frame = try images(found)[1].read()
      #expect(frame.picture.width == 3 && frame.picture.height == 2)
    }
    for (name, bytes, words) in [
      ("short-images-idx3-ubyte", Array(pictures.dropLast()), "do not fit"),
      ("type-images-idx3-ubyte", [0, 0, 13] + pictures.dropFirst(3), "type 13"),
      ("rank-images-idx3-ubyte", [0, 0, 8, 2] + pictures.dropFirst(4), "2 extents"),
      ("text-images-idx3-ubyte", Array("no such thing at all".utf8), "does not begin"),
      (
        "huge-images-idx3-ubyte",
        [0, 0, 8, 3] + [UInt8](repeating: 255, count: 12) + pictures.dropFirst(16), "do not fit"
      ),
    ] as [(String, [UInt8], String)] {
      let path = try folder.write(name, bytes)
      _ = try folder.write(name.replacing("images-idx3", with: "labels-idx1"), labels)
      let error = #expect(throws: SplitpipeError.self) {
        try Dataset.classes(DatasetRequest(path), classNames: [], classCount: 2)
      }
      #expect(error?.kind == .badData)
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
    let few = #expect(throws: SplitpipeError.self) {
      try Dataset.classes(DatasetRequest(path), classNames: [], classCount: 1)
    }
    #expect(few?.message.contains("the class 1") == true)
  }

  @Test(arguments: [
    ("a.jpg,7\n", "line 1 has the class 7"), ("file,class\na.jpg\n", "line 2 has 1 field"),
    ("file,class\na.jpg,bird\n", "line 2 has the class \"bird\""),
  ])
  func `refuses a bad table with its line`(text: String, part: String) throws {
    let folder = try folder(["labels.csv": text, "images/a.jpg": ""])
    let error = #expect(throws: SplitpipeError.self) {
      try Dataset.classes(
        DatasetRequest(folder.file("labels.csv")), classNames: names,
        classCount: 2)
    }
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("labels.csv") == true)
  }

  @Test(arguments: ["v.mp4", "pictures"])
  func `without labels has the unsplit model for reference, and says so`(name: String) throws {
    let folder = try folder(["v.mp4": "x", "pictures/a.jpg": "", "pictures/deep/b.png": ""])
    let dataset = try Dataset.detection(
      DatasetRequest(folder.file(name)), classNames: names)
    #expect(dataset.truth == nil && dataset.reference == "unsplit")
    #expect(dataset.notes.count == 1)
    #expect(dataset.notes.first?.contains("--truth") == true)
    #expect(images(dataset).count == (name == "v.mp4" ? 0 : 2))
  }

  @Test func `of a folder takes labels from elsewhere`() throws {
    let folder = try folder([
      "pictures/a.jpg": "", "pictures/b.png": "", "l/a.txt": "0 0.5 0.5 0.1 0.1\n",
    ])
    var request = DatasetRequest(folder.file("pictures"))
    request.truth = folder.file("l")
    let dataset = try Dataset.detection(request, classNames: names)
    #expect(dataset.reference == "truth" && images(dataset).count == 2)
  }
}
