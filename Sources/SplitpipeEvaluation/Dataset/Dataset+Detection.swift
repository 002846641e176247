import SplitpipeCore
import SplitpipeDetection
import SplitpipeFiles
import SplitpipeMedia

extension Dataset {
  /// Opens pictures labelled with boxes, in whatever layout, or a video with labels. Without labels, a
  /// video or a folder of nothing but images is scored against the boxes of the unsplit model.
  ///
  /// - Throws: `missingInput` for what is not there, `badData` for labels that cannot be used.
  static func detection(_ request: DatasetRequest, classNames: [String]) throws -> Dataset {
    let path = request.path
    guard FileTree.exists(path) || path.contains("://") else {
      throw SplitpipeError(
        .missingInput, "cannot open the dataset \"\(path)\": no such file or folder")
    }
    let name = path.lowercased()
    func ends(_ endings: String...) -> Bool { endings.contains { name.hasSuffix($0) } }
    if FileTree.isFolder(path) {
      if let truth = request.truth {
        return try labelled(folder: path, truth: truth, request, classNames: classNames)
      }
      return try folder(request, classNames: classNames)
    }
    if ends(".txt") { return try list(request, classNames: classNames) }
    if ends(".json", ".yaml", ".yml", ".data"), let truth = request.truth {
      throw SplitpipeError(
        .usage,
        "\"\(path)\" says itself where its labels are: leave out --truth \(shellWord(truth))")
    }
    if ends(".json") { return try coco(path, request, classNames: classNames) }
    if ends(".yaml", ".yml") { return try dataFile(path, request, classNames: classNames) }
    if ends(".data") { return try darknet(path, request, classNames: classNames) }
    if ends(".xml", ".csv", ".zip", ".names", ".cache") {
      throw SplitpipeError(
        .badData,
        "cannot use \"\(path)\" as a dataset of a detector: expected a folder, a data.yaml, a .txt "
          + "list of pictures, a COCO instances.json or a video; "
          + (ends(".zip")
            ? "unpack it and give its folder" : "export the labels as COCO or YOLO text"))
    }
    return try video(request, classNames: classNames)
  }

  private static func video(
    _ request: DatasetRequest, classNames: [String]
  ) throws -> Dataset {
    let path = request.path
    guard let truth = request.truth else {
      return Dataset(
        name: redacted(path), pictures: .video(path), truth: nil,
        notes: [unsplitNote(redacted(path))])
    }
    var options = request.labels
    options.video = TruthOptions.Video(name: path, frameCount: nil)
    // What can be opened once only is not asked how many frames it has.
    if case .file? = try? FileKind(of: path) {
      options.video?.frameCount = try openFrameSource(path).information.frameCount
    }
    let labels = try Truth(path: truth, classNames: classNames, options: options)
    return Dataset(
      name: redacted(path), pictures: .video(path), truth: labels, notes: labels.notes)
  }

  /// The images of a folder with labels that lie elsewhere.
  ///
  /// - Throws: as `Truth.init`, and `missingInput` for a folder without images.
  private static func labelled(
    folder: String, truth path: String, _ request: DatasetRequest, classNames: [String]
  ) throws -> Dataset {
    let inner = FileTree.find("images", in: folder) ?? folder
    let place = FileTree.isFolder(inner) ? inner : folder
    let names = imageNames(among: try FileTree.names(under: place))
    guard !names.isEmpty else {
      throw SplitpipeError(.missingInput, "the folder \"\(place)\" holds no image")
    }
    var request = request
    request.labels.pictures = place
    return try labelled(
      names.map { place + "/" + $0 }, truth: path, request, classNames: classNames)
  }

  /// Pictures with labels that lie elsewhere, found by name.
  ///
  /// - Throws: as `Truth.init`, and `badData` where the labels are for none of the pictures.
  static func labelled(
    _ pictures: [String], truth path: String, _ request: DatasetRequest, classNames: [String],
    notes: [String] = []
  ) throws -> Dataset {
    let truth = try Truth(path: path, classNames: classNames, options: request.labels)
    let covered = try pictures.count { try truth.covers(frame: 0, fileName: FileTree.name($0)) }
    let missing = try truth.check(
      covered: covered, of: pictures.count, isWhole: true, isVideo: false, input: request.path)
    return Dataset(
      name: request.path, pictures: .images(images(pictures)), truth: truth,
      notes: notes + truth.notes + missing)
  }

  static func images(_ paths: [String]) -> [Image] {
    paths.enumerated().map { Image(path: $1, number: $0) }
  }

  /// What a user should know who gave no labels.
  static func unsplitNote(_ path: String) -> String {
    "\"\(path)\" has no labels: the boxes of the unsplit model at confidence 0.25 and more are the "
      + "reference; --truth gives labels (COCO with frame numbers as image ids, or YOLO files "
      + "named by frame number)"
  }
}
