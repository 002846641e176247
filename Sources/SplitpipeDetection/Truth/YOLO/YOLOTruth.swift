import SplitpipeCore
import SplitpipeFiles

/// Labels of YOLO label files, by image name or by file.
///
/// All files are read when it is made, so that a bad label is found before the work starts.
struct YOLOTruth: Sendable {
  /// The folder or list, for errors.
  private let name: String
  private var labels: [[YOLOLabel]] = []
  /// Places of files by name without extension; several where files share it.
  private var places: [String: [Int]] = [:]
  private var paths: [String: Int] = [:]
  /// Kept as it is until a frame of a video is asked for: for images, numbers mean nothing.
  private let numbering: Result<FrameNumbering, SplitpipeError>
  private(set) var notes: [String] = []
  /// The label files by name.
  private(set) var files: [LabelledImage] = []

  /// Reads all label files of a folder.
  ///
  /// - Throws: `badData` where it holds none, and as `init(files:name:folders:…)`.
  init(folder: String, classNames: [String], options: TruthOptions) throws {
    let labels = try Self.labelFolder(folder)
    let found = try filesUnderFolder(labels)
    let texts = found.filter { Self.isLabelFile($0, in: labels) }.map { labels + "/" + $0 }
    guard !texts.isEmpty else { throw SplitpipeError.noLabelFiles(folder, found) }
    let chosen = options.pictures.flatMap { NearestLabels.choose(among: texts, for: $0) }
    try self.init(
      files: chosen ?? texts, name: folder,
      folders: ClassList.folders(around: labels) + ClassList.folders(around: folder),
      classNames: classNames, options: options)
    guard let chosen, let pictures = options.pictures else { return }
    notes.append(
      "\"\(folder)\": of its \(texts.count) label files, some of one name, the \(chosen.count) nearest "
        + "to \"\(pictures)\" are used")
  }

  /// Reads label files.
  ///
  /// - Parameters:
  ///   - paths: the files.
  ///   - name: what sentences call them together.
  ///   - folders: where a list of class names may lie, the nearest first.
  ///   - classNames: the model's classes.
  ///   - options: how to read them.
  /// - Throws: as `YOLOLabelSet` and `LabelClasses`; with `options.video` as `FrameNumbering`.
  init(
    files paths: [String], name: String, folders: [String], classNames: [String],
    options: TruthOptions
  ) throws {
    self.name = name
    let list = try options.classList ?? ClassList.near(folders)
    let set = try YOLOLabelSet(
      paths, name: name,
      classes: LabelClasses(
        list: list, map: options.classMap, modelNames: classNames, labels: name),
      keypoints: list?.keypoints, isStrict: options.isStrict)
    labels = set.labels
    notes = set.notes
    files = paths.map { LabelledImage(id: nil, name: $0, stem: ImageName.stem($0)) }
    for (index, file) in files.enumerated() {
      places[file.stem, default: []].append(index)
      self.paths[file.name] = index
    }
    do throws(SplitpipeError) {
      let start = name.hasSuffix("/") ? name : name + "/"
      let found = try FrameNumbering(
        paths.map { path in
          .init(name: path.hasPrefix(start) ? String(path.dropFirst(start.count)) : path)
        }, video: options.video, first: options.firstFrame, labels: name)
      numbering = .success(found)
      if options.video != nil { notes += found.notes }
    } catch {
      guard options.video == nil else { throw error }
      numbering = .failure(error)
    }
  }

  /// Frames of a video that have a file.
  var frames: [Int]? { try? numbering.get().frames }

  /// The objects of a frame; none where it has no file.
  func objects(forFrame index: Int, fileName: String?, size: PixelSize) throws -> [TruthObject] {
    guard let place = try place(ofFrame: index, fileName: fileName) else { return [] }
    return labels[place].map { $0.object(size) }
  }

  /// Whether there is a file for a frame.
  func covers(frame index: Int, fileName: String?) throws -> Bool {
    try place(ofFrame: index, fileName: fileName) != nil
  }

  /// The objects of a label file; nil for a file that is none of these.
  func objects(inFile path: String, size: PixelSize) -> [TruthObject]? {
    paths[path].map { labels[$0].map { $0.object(size) } }
  }

  private func place(ofFrame index: Int, fileName: String?) throws -> Int? {
    guard let fileName else { return try numbering.get().items[index] }
    // Some programs add to the image's name instead of changing its end.
    guard let found = places[ImageName.stem(fileName)] ?? places[ImageName.name(fileName)] else {
      return nil
    }
    guard found.count == 1 else {
      let paths = found.map { files[$0].name }
      let folder = paths[0].lastIndex(of: "/").map { String(paths[0][..<$0]) } ?? "."
      throw SplitpipeError(
        .badData,
        "cannot use the labels \"\(name)\" for the picture \"\(ImageName.name(fileName))\": "
          + "\(found.count) files have its name, such as \"\(paths[0])\" and \"\(paths[1])\"; give the "
          + "folder of those that are meant, as in --truth \(shellWord(folder))")
    }
    return found[0]
  }
}

extension YOLOTruth {
  /// The folder that label files lie in: `labels` in any letter case, or CVAT's `obj_train_data`, where
  /// there is one.
  private static func labelFolder(_ folder: String) throws -> String {
    let names = try namesInFolder(folder)
    for wanted in ["labels", "obj_train_data"] {
      for name in names.sorted() where name.lowercased() == wanted {
        if case .folder? = try? FileKind(of: folder + "/" + name) { return folder + "/" + name }
      }
    }
    return folder
  }

  /// Names of texts that lie among label files and are none.
  private static let others: Set = [
    "classes", "predefined_classes", "labels", "obj", "names", "train", "val", "valid", "test",
    "trainval", "readme", "readme.roboflow", "readme.dataset", "license", "notes", "requirements",
  ]

  /// Whether a file is one of labels by its name; of a name that texts of other kinds have, it must
  /// begin as labels do.
  static func isLabelFile(_ name: String, in folder: String) -> Bool {
    guard name.lowercased().hasSuffix(".txt") else { return false }
    guard others.contains(ImageName.stem(name).lowercased()) else { return true }
    let start = (try? readStart(of: folder + "/" + name, count: 4096)) ?? []
    let line = LabelText.lines(start).first { !$0.allSatisfy(\.isWhitespace) } ?? ""
    let fields = line.split(whereSeparator: \.isWhitespace)
    return fields.count >= 5 && fields.allSatisfy { Double($0) != nil }
  }
}

extension SplitpipeError {
  fileprivate static func noLabelFiles(_ folder: String, _ found: [String]) -> SplitpipeError {
    let others = [
      (".xml", "Pascal VOC or CVAT"), (".json", "JSON"), (".csv", "tables"),
    ].compactMap { ending, kind in
      let count = found.count { $0.lowercased().hasSuffix(ending) }
      return count > 0 ? "\(count) \(ending) files (\(kind))" : nil
    }
    return SplitpipeError(
      .badData,
      "cannot use the labels \"\(folder)\": it holds no label files (.txt)"
        + (others.isEmpty ? "" : ", but " + others.joined(separator: " and "))
        + "; give the folder of YOLO label files, a folder with images/ and labels/, or a COCO "
        + "instances.json; other forms are to be exported as one of these")
  }
}
