import Foundation
import SplitpipeCore
import SplitpipeDetection
import SplitpipeTestSupport
import Testing

@testable import SplitpipeEvaluation

/// The layouts that labelled pictures come in.
@Suite struct `A dataset in another layout` {
  private static let names = ["cat", "dog"]
  private static let label = "0 0.5 0.5 0.1 0.1\n"
  private static let coco = """
    {"images": [{"id": 1, "file_name": "a.jpg"}], "categories": [{"id": 1, "name": "cat"}],
     "annotations": [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}]}
    """

  /// `images` and `labels` under each of the folders, and what else is given.
  private static func folder(
    _ parts: [String], _ others: [String: String] = [:]
  ) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for part in parts {
      try folder.write(part + "/a.jpg", [])
      let labels = part.replacing("images", with: "labels").replacing("Images", with: "Labels")
      try folder.write(labels + "/a.txt", label)
    }
    for (name, text) in others { try folder.write(name, text) }
    return folder
  }

  private static func open(
    _ path: String, _ change: (inout DatasetRequest) -> Void = { _ in }
  ) throws -> Dataset {
    var request = DatasetRequest(path)
    change(&request)
    return try Dataset.detection(request, classNames: names)
  }

  /// The pictures of a dataset, relative to a folder, and how many of them have an object.
  private static func look(_ dataset: Dataset, _ folder: TemporaryFolder) throws -> (
    pictures: [String], labelled: Int
  ) {
    guard case .images(let images) = dataset.pictures else { return ([], 0) }
    let labelled = try images.count { image in
      try dataset.objects(
        image.number, fileName: FileTree.name(image.path), size: PixelSize(width: 9, height: 9)
      )?.isEmpty == false
    }
    return (images.map { $0.path.replacing(folder.path + "/", with: "") }, labelled)
  }

  @Test(arguments: [
    (["images"], "", "images/a.jpg", 0), ([""], "", "a.jpg", 0),
    (["Images"], "", "Images/a.jpg", 0), (["images/train2017"], "", "images/train2017/a.jpg", 0),
    (["train/images", "valid/images", "test/images"], "", "valid/images/a.jpg", 1),
    (["train/images", "valid/images"], "/train", "train/images/a.jpg", 0),
    (["train/images", "valid/images"], "/valid/images", "valid/images/a.jpg", 0),
    (["images/train2017", "images/val2017"], "", "images/val2017/a.jpg", 1),
    (["images/train2017", "images/val2017"], "/images/val2017", "images/val2017/a.jpg", 0),
    (["images/train", "images/test"], "", "images/test/a.jpg", 1),
    (["train", "val"], "", "val/a.jpg", 1),
  ])
  func `is found by its folders, and a part that was chosen is said`(
    _ parts: [String], _ given: String, _ picture: String, _ notes: Int
  ) throws {
    let folder = try Self.folder(parts)
    let dataset = try Self.open(folder.path + given)
    let found = try Self.look(dataset, folder)
    #expect(found.pictures == [picture] && found.labelled == 1)
    #expect(dataset.reference == "truth" && dataset.notes.count == notes, "\(dataset.notes)")
  }

  @Test(arguments: [
    ("train: ../train/images\nval: ../valid/images\nnames: [cat, dog]", "valid/images/a.jpg", 0),
    ("path: .\nval: valid\nnames: {0: cat, 1: dog}", "valid/images/a.jpg", 0),
    ("path: nowhere\nval: [valid/images, test/images]\nnc: 2", "valid/images/a.jpg", 0),
    ("train: train/images\nval:\nnames: [cat, dog]", "train/images/a.jpg", 1),
    ("val: lists/val.txt\ntest: test/images", "valid/images/a.jpg", 0),
    ("names: [cat, dog]", "valid/images/a.jpg", 1),
  ])
  func `is found by its data file`(_ text: String, _ first: String, _ notes: Int) throws {
    let folder = try Self.folder(
      ["train/images", "valid/images", "test/images"],
      ["data.yaml": text, "lists/val.txt": "\r\nvalid/images/a.jpg\r\n"])
    // Lists name pictures relative to themselves or the working folder.
    try folder.write("lists/val.txt", "./../valid/images/a.jpg\r\n")
    let dataset = try Self.open(folder.file("data.yaml"))
    let found = try Self.look(dataset, folder)
    #expect(
      found.pictures.first.map { $0.replacing("lists/../", with: "") } == first
        && found.labelled == found.pictures.count, "\(found)")
    #expect(dataset.notes.count == notes, "\(dataset.notes)")
    if text.contains("al:") {
      let whole = try Self.look(Self.open(folder.path), folder)
      #expect(whole.pictures == found.pictures)
    }
  }

  @Test func `is found by a list of pictures`() throws {
    let folder = try Self.folder(
      ["images/val"],
      [
        "images/val/b.jpg": "", "val.txt": "./images/val/a.jpg\n./images/val/b.jpg\n./gone.jpg\n",
        "data/obj.data": "classes = 2\ntrain = data/train.txt\nnames = data/obj.names\n",
        "data/obj.names": "dog\ncat\n", "data/train.txt": "data/obj_train_data/f_0.PNG\n",
        "data/obj_train_data/f_0.PNG": "", "data/obj_train_data/f_0.txt": Self.label,
        "labels.txt": Self.label, "gone.txt": "./gone.jpg\n",
      ])
    let list = try Self.open(folder.file("val.txt"))
    let found = try Self.look(list, folder)
    #expect(found.pictures == ["images/val/a.jpg", "images/val/b.jpg"] && found.labelled == 1)
    #expect(list.notes.contains { $0.contains("\"./gone.jpg\"") })
    let darknet = try Self.open(folder.file("data/obj.data"))
    #expect(try Self.look(darknet, folder).labelled == 1)
    #expect(darknet.notes.contains { $0.contains("by name") })
    // CVAT's folder, as it comes.
    #expect(try Self.look(Self.open(folder.file("data")), folder).labelled == 1)
    for (name, kind, part) in [
      ("labels.txt", SplitpipeError.Kind.badData, "names none"),
      ("gone.txt", .missingInput, "none of the 1 pictures"),
    ] {
      let error = try #require(throws: SplitpipeError.self) { try Self.open(folder.file(name)) }
      #expect(error.kind == kind && error.message.contains(part), "\(error.message)")
    }
  }

  @Test(arguments: [
    ["annotations/instances_val2017.json", "val2017/a.jpg", "annotations/captions_val2017.json"],
    ["annotations/instances_default.json", "images/a.jpg"],
    ["annotations/instances_val2017.json", "images/val2017/a.jpg", "images/train2017/b.jpg"],
    ["valid/_annotations.coco.json", "valid/a.jpg", "train/a.jpg"],
    ["result.json", "images/a.jpg"], ["instances.json", "images/a.jpg"],
  ])
  func `is found by COCO labels in it`(_ files: [String]) throws {
    let folder = try TemporaryFolder()
    for file in files { try folder.write(file, file.hasSuffix(".json") ? Self.coco : "") }
    for path in [folder.path, folder.file(files[0])] {
      let dataset = try Self.open(path)
      #expect(dataset.reference == "truth", "\(dataset.notes)")
      let found = try Self.look(dataset, folder)
      #expect(found.pictures.count == 1 && found.labelled == 1, "\(found)")
    }
  }

  @Test func `may be made of links, and hides what file managers leave behind`() throws {
    let folder = try Self.folder(
      ["real/images"], ["real/images/._a.jpg": "", "real/labels/._a.txt": "\u{0}\u{5}\u{16}\u{7}"])
    let manager = FileManager.default
    try manager.createDirectory(
      atPath: folder.file("linked"), withIntermediateDirectories: false)
    for name in ["images", "labels"] {
      try manager.createSymbolicLink(
        atPath: folder.file("linked/" + name), withDestinationPath: "../real/" + name)
    }
    let dataset = try Self.open(folder.file("linked"))
    let found = try Self.look(dataset, folder)
    #expect(found.pictures == ["linked/images/a.jpg"] && found.labelled == 1)
    #expect(dataset.notes.isEmpty, "\(dataset.notes)")
  }

  @Test func `of classes that the model does not know is refused without a map`() throws {
    let folder = try Self.folder(
      ["images"], ["data.yaml": "val: images\nnames: {0: helmet, 1: dog}"])
    for path in [folder.path, folder.file("data.yaml"), folder.file("images")] {
      let error = try #require(throws: SplitpipeError.self) { try Self.open(path) }
      #expect(error.kind == .badData && error.message.contains("\"helmet\""), "\(error.message)")
      let map = try ClassMap("helmet=cat")
      let dataset = try Self.open(path) { $0.labels.classMap = map }
      #expect(try Self.look(dataset, folder).labelled == 1)
    }
  }

  @Test(arguments: [
    (["p/a.jpg": "", "p/a.xml": "<annotation/>"], "p", SplitpipeError.Kind.badData, "\"a.xml\""),
    (["p/a.jpg": "", "p/a.json": "{}"], "p", .badData, "\"a.json\""),
    (["p/images/a.jpg": "", "p/labels/b.txt": ""], "p", .badData, "wants \"a.txt\""),
    (["p/images/a.jpg": ""], "p", .missingInput, "has no folder \"labels\""),
    (["p/x.md": ""], "p", .missingInput, "holds no image"),
    (["v.xml": "<annotations/>"], "v.xml", .badData, "as a dataset of a detector"),
    (["d.yaml": "val: gone", "a.jpg": ""], "d.yaml", .missingInput, "none of the pictures"),
    (["d.yaml": "val: p", "p/a.jpg": ""], "d.yaml", .badData, "has a label file"),
    (["d.yaml": "nc: 7", "a.jpg": "", "a.txt": ""], "d.yaml", .badData, "7 classes without names"),
    (["p/val1/a.jpg": "", "p/val2/a.jpg": ""], "p", .usage, "give the one that is meant"),
  ])
  func `whose labels cannot be used is refused, never taken as without`(
    _ files: [String: String], _ given: String, _ kind: SplitpipeError.Kind, _ part: String
  ) throws {
    let folder = try TemporaryFolder()
    for (name, text) in files { try folder.write(name, text) }
    let error = try #require(throws: SplitpipeError.self) { try Self.open(folder.file(given)) }
    #expect(error.kind == kind && error.message.contains(part), "\(error.message)")
  }

  @Test func `whose labels lie elsewhere must be for its pictures`() throws {
    let folder = try Self.folder(["images"], ["other/z.txt": Self.label])
    let error = try #require(throws: SplitpipeError.self) {
      try Self.open(folder.path) { $0.truth = folder.file("other") }
    }
    #expect(error.kind == .badData && error.message.contains("cover none of the 1 frames"))
  }
}
