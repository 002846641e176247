import SplitpipeCore
import SplitpipeDetection
import SplitpipeFiles
import SplitpipeMedia

extension Dataset {
  /// Opens a folder of pictures with labels in one of the layouts that are in use:
  ///
  /// - `images/` and `labels/`, or pictures with their label files beside them;
  /// - several parts, in folders such as `train`, `valid`, `test` or `images/train2017`,
  ///   `images/val2017`: those for validation are taken;
  /// - a `data.yaml` that says where they are;
  /// - COCO's `annotations/instances_val2017.json` with `val2017/`, or Roboflow's
  ///   `_annotations.coco.json` among the pictures.
  ///
  /// A folder of nothing but pictures is scored against the boxes of the unsplit model.
  ///
  /// - Throws: `missingInput` for a folder without pictures, `badData` for labels that cannot be used.
  static func folder(_ request: DatasetRequest, classNames: [String]) throws -> Dataset {
    let path = request.path
    if let dataset = try namedByDataFile(request, classNames: classNames) { return dataset }
    let part = try DatasetPart(of: path)
    let names = imageNames(among: try FileTree.names(under: part.pictures))
    if !names.isEmpty {
      var found = YOLOPictures(
        names.map { part.pictures + "/" + $0 }, place: part.pictures)
      found.notes = part.notes
      if !found.labels.isEmpty {
        return try yolo(found, request, classNames: classNames, isWhole: true)
      }
    }
    if let (labels, notes) = try cocoFile(in: part.folder) ?? cocoFile(in: path) {
      return try coco(
        labels, request, classNames: classNames,
        notes: notes + (labels.hasPrefix(part.folder + "/") ? part.notes : []))
    }
    try refuseHiddenLabels(path, part, names)
    return Dataset(
      name: path, pictures: .images(images(names.map { part.pictures + "/" + $0 })), truth: nil,
      notes: part.notes + [unsplitNote(path)])
  }

  /// Refuses what has no pictures, or has labels of which none could be used: scored against the
  /// unsplit model, it would give numbers that look right.
  private static func refuseHiddenLabels(
    _ path: String, _ part: DatasetPart, _ names: [String]
  ) throws {
    let images = FileTree.find("images", in: part.folder)
    let labels = FileTree.find("labels", in: part.folder)
    if (images == nil) != (labels == nil) {
      throw SplitpipeError(
        .missingInput,
        "the dataset \"\(part.folder)\" has no folder \"\(images == nil ? "images" : "labels")\": "
          + "expected images/ and labels/ with YOLO text, label files beside the pictures, or COCO "
          + "labels; for COCO labels that lie elsewhere give the .json file with --images")
    }
    guard let first = names.first else {
      throw SplitpipeError(
        .missingInput,
        images != nil
          ? "the folder \"\(part.pictures)\" holds no image"
          : "the dataset \"\(path)\" has no folder \"images\" and holds no image: expected pictures "
            + "with labels (YOLO text or COCO), a data.yaml, or a .txt list of pictures")
    }
    if let labels {
      throw SplitpipeError(
        .badData,
        "no image of \"\(part.pictures)\" has a label file in \"\(labels)\": the image \"\(first)\" "
          + "wants \"\(FileTree.stem(first)).txt\"; rename the label files after the images")
    }
    let stems = Set(names.map(FileTree.stem))
    let others = try FileTree.names(under: path).filter { name in
      let lower = name.lowercased()
      return lower.hasSuffix(".xml")
        || (lower.hasSuffix(".json") || lower.hasSuffix(".txt"))
          && stems.contains(FileTree.stem(name))
    }
    if let other = others.first {
      throw SplitpipeError(
        .badData,
        "\"\(path)\" holds \(counted(others.count, "file")) that may be labels but are none that can be "
          + "used, such as \"\(other)\": export the labels as YOLO text or COCO, or give a folder of "
          + "the pictures alone to score against the unsplit model")
    }
  }

  /// The dataset of a `data.yaml` in a folder; nil where there is none, or it says not where pictures
  /// are, or they are not there.
  private static func namedByDataFile(
    _ request: DatasetRequest, classNames: [String]
  ) throws -> Dataset? {
    let folder = request.path
    let names = try namesInFolder(folder).sorted()
    guard let name = names.first(where: { DatasetFile.names.contains($0.lowercased()) }) else {
      return nil
    }
    let path = folder + "/" + name
    let file = try DatasetFile(path: path)
    guard let part = try DataFilePictures(file) else { return nil }
    var found = YOLOPictures(part.pictures, place: part.place)
    guard !found.labels.isEmpty else { return nil }
    found.notes = [
      "the \(part.key) pictures that \"\(path)\" names are used; give their folder for others"
    ]
    return try yolo(
      found, request, classNames: classNames,
      classList: file.names.isEmpty ? nil : ClassList(file), isWhole: false)
  }

  /// The COCO file in a folder, and why this one; nil where there is none.
  private static func cocoFile(in folder: String) throws -> (String, notes: [String])? {
    for name in ["_annotations.coco.json", "instances.json", "annotations.json", "labels.json"] {
      let path = folder + "/" + name
      if FileTree.exists(path), !FileTree.isFolder(path) { return (path, []) }
    }
    if let result = FileTree.find("result.json", in: folder) { return (result, []) }
    guard let annotations = FileTree.find("annotations", in: folder),
      FileTree.isFolder(annotations)
    else { return nil }
    let all = try namesInFolder(annotations).filter {
      !$0.hasPrefix(".") && $0.lowercased().hasSuffix(".json")
    }.sorted()
    let instances = all.filter { $0.lowercased().hasPrefix("instances") }
    let files = instances.isEmpty && all.count == 1 ? all : instances
    let ranked = files.map { (name: $0, kind: DatasetPart.Kind(ofLabels: $0)) }
    guard let kind = ranked.map(\.kind).min() else { return nil }
    let best = ranked.filter { $0.kind == kind }.map(\.name)
    guard best.count == 1 else {
      throw SplitpipeError(
        .usage,
        "\"\(annotations)\" holds several files of labels (\(someNames(best))); give the one that is "
          + "meant, with --images where its images are not found")
    }
    let note =
      files.count > 1
      ? [
        "of \(counted(files.count, "file")) in \"\(annotations)\" \"\(best[0])\" is used; give another "
          + "by its path"
      ] : []
    return (annotations + "/" + best[0], note)
  }
}
