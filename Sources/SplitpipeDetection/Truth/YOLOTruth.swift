import SplitpipeCore
import SplitpipeFiles

/// Labels of a folder of YOLO label files, by image name.
///
/// All files are read when the folder is opened, so that a bad label is found before the work
/// starts. A file `classes.txt`, which some labelling programs add, is no label file.
struct YOLOTruth: Sendable {
  private let folder: String
  /// Labels by the file's name without extension; nil where two files share it.
  private var labels: [String: [YOLOLabel]?] = [:]
  /// Names that are frame numbers.
  private var frames: [Int: String] = [:]
  private(set) var notes: [String] = []
  /// The label files by name.
  private(set) var files: [LabelledImage] = []

  init(folder: String, classNames: [String]) throws {
    self.folder = folder
    var duplicates = 0
    for path in try pathsUnderFolder(folder, suffix: ".txt") {
      let stem = ImageName.stem(path)
      if stem == "classes" { continue }
      files.append(LabelledImage(id: nil, name: path, stem: stem))
      let all = try YOLOLabel.read(
        readFile(path, limit: LabelFile.byteLimit), path: path, classCount: classNames.count)
      // The official loader drops labels that stand there twice; so do we, but say it.
      var seen: Set<YOLOLabel> = []
      let unique = all.filter { seen.insert($0).inserted }
      duplicates += all.count - unique.count
      labels.updateValue(labels[stem] == nil ? unique : nil, forKey: stem)
      if let number = Int(stem), number >= 0 { frames[number] = stem }
    }
    guard !labels.isEmpty else {
      throw SplitpipeError(
        .badData,
        "cannot use the labels \"\(folder)\": it holds no label files (.txt); give the folder of "
          + "YOLO label files, a folder with images/ and labels/, or a COCO instances.json")
    }
    if duplicates > 0 {
      notes.append("\"\(folder)\": \(duplicates) labels that stand there twice are counted once")
    }
  }

  /// The objects of a frame; none where it has no file.
  ///
  /// Frames of a video are found by number from 0, as in `12.txt` or `000012.txt`.
  func objects(forFrame index: Int, fileName: String?, size: PixelSize) throws -> [TruthObject] {
    if fileName == nil, frames.isEmpty {
      throw SplitpipeError(
        .badData,
        "cannot use the labels \"\(folder)\" for a video: none is named by a frame number from 0, "
          + "as in 12.txt; rename them or give a COCO instances.json with frame numbers as ids")
    }
    guard let stem = fileName.map(ImageName.stem) ?? frames[index], let found = labels[stem] else {
      return []
    }
    guard let labels = found else {
      throw SplitpipeError(
        .badData, "cannot use the labels \"\(folder)\": two files are called \"\(stem).txt\"")
    }
    return labels.map { $0.object(size) }
  }
}
