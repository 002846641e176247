import SplitpipeCore
import SplitpipeDetection
import SplitpipeFiles
import SplitpipeMedia

extension Dataset {
  /// Opens the pictures that a `data.yaml` names for validation, else those for testing or training.
  ///
  /// - Throws: `missingInput` where they are not there, `badData` where they have no labels or its
  ///   classes are not the model's.
  static func dataFile(
    _ path: String, _ request: DatasetRequest, classNames: [String]
  ) throws -> Dataset {
    let file = try DatasetFile(path: path)
    if file.names.isEmpty, let count = file.classCount, count != classNames.count {
      throw SplitpipeError(
        .badData,
        "cannot use \"\(path)\": it has \(count) classes without names, the model "
          + "\(classNames.count); add names to it")
    }
    var found: YOLOPictures
    if file.places.values.allSatisfy(\.isEmpty) {
      // A file of names beside the pictures.
      let part = try DatasetPart(of: FileTree.folder(of: path))
      let names = imageNames(among: try FileTree.names(under: part.pictures))
      found = YOLOPictures(names.map { part.pictures + "/" + $0 }, place: part.pictures)
      found.notes = part.notes
    } else {
      guard let part = try DataFilePictures(file) else {
        throw SplitpipeError(
          .missingInput,
          "none of the pictures that \"\(path)\" names is there ("
            + someNames(["val", "test", "train"].flatMap { file.places[$0] ?? [] })
            + "); correct its path, or give the folder of the pictures")
      }
      found = YOLOPictures(part.pictures, place: part.place)
      found.notes = part.notes
    }
    try refuseBare(found, path)
    return try yolo(
      found, request, classNames: classNames,
      classList: file.names.isEmpty ? nil : ClassList(file), isWhole: false)
  }

  /// Opens the pictures that a text lists, one a line.
  ///
  /// - Throws: `missingInput` where none of them is there, `badData` for a text that is no list.
  static func list(_ request: DatasetRequest, classNames: [String]) throws -> Dataset {
    let list = try PictureList(path: request.path)
    if let truth = request.truth {
      return try labelled(
        list.pictures, truth: truth, request, classNames: classNames, notes: list.notes)
    }
    var found = YOLOPictures(
      list.pictures, place: list.pictures.first.map(FileTree.folder) ?? "")
    found.notes = list.notes
    guard !found.labels.isEmpty else {
      return Dataset(
        name: request.path, pictures: .images(images(list.pictures)), truth: nil,
        notes: list.notes + [unsplitNote(request.path)])
    }
    return try yolo(found, request, classNames: classNames, isWhole: false)
  }

  /// Opens the pictures that a Darknet `obj.data` lists for validation, else for training.
  ///
  /// - Throws: as `list(_:classNames:)`, and `badData` where it names no list.
  static func darknet(
    _ path: String, _ request: DatasetRequest, classNames: [String]
  ) throws -> Dataset {
    var values: [String: String] = [:]
    for line in LabelText.lines(try readFile(path, limit: FileTree.textLimit)) {
      let sides = line.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
      if sides.count == 2 { values[sides[0]] = sides[1] }
    }
    let folder = FileTree.folder(of: path)
    let keys = ["valid", "val", "test", "train"]
    guard let key = keys.first(where: { values[$0] != nil }), let named = values[key] else {
      throw SplitpipeError(
        .badData,
        "cannot use \"\(path)\" as a dataset: expected lines such as valid = data/val.txt and names = "
          + "data/obj.names")
    }
    guard let place = PictureList.find(named, near: folder) else {
      throw SplitpipeError(
        .missingInput, "the list \"\(named)\" that \"\(path)\" names is not there; correct the path"
      )
    }
    let list = try PictureList(path: place)
    var found = YOLOPictures(list.pictures, place: folder)
    found.notes = list.notes
    if key != "valid" {
      found.notes.append("\"\(path)\" has no valid: its \(key) pictures are used")
    }
    try refuseBare(found, path)
    let names = values["names"].flatMap { PictureList.find($0, near: folder) }
    return try yolo(
      found, request, classNames: classNames, classList: try names.map { try ClassList(list: $0) },
      isWhole: false)
  }

  /// What says that it is a labelled dataset is not scored against the unsplit model.
  private static func refuseBare(_ found: YOLOPictures, _ path: String) throws {
    guard let first = found.pictures.first else {
      throw SplitpipeError(.missingInput, "\"\(path)\" names no pictures; add some")
    }
    guard found.labels.isEmpty else { return }
    throw SplitpipeError(
      .badData,
      "none of the \(counted(found.pictures.count, "picture")) of \"\(path)\" has a label file: "
        + "\"\(first)\" wants \"\(FileTree.stem(first)).txt\" beside it, or in labels/ where it lies "
        + "in images/")
  }
}
