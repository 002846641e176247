import SplitpipeCore
import SplitpipeDetection
import SplitpipeMedia

extension Dataset {
  /// The images of a folder that has neither `images/` nor `labels/`, scored against the boxes of the
  /// unsplit model; nil for any other folder.
  ///
  /// - Throws: `missingInput` when it cannot be listed.
  static func bare(folder: String) throws -> Dataset? {
    guard !FileTree.exists(folder + "/images"), !FileTree.exists(folder + "/labels") else {
      return nil
    }
    let names = imageNames(among: try FileTree.names(under: folder))
    guard !names.isEmpty else { return nil }
    return Dataset(
      name: folder, pictures: .images(images(names, in: folder)), truth: nil,
      notes: [unsplitNote(folder)])
  }

  /// The images of a folder with labels that lie elsewhere.
  ///
  /// - Throws: as `Truth.init`, and `missingInput` for a folder without images.
  static func labelled(
    folder: String, truth path: String, classNames: [String]
  ) throws -> Dataset {
    let inner = folder + "/images"
    let place = FileTree.isFolder(inner) ? inner : folder
    let names = imageNames(among: try FileTree.names(under: place))
    guard !names.isEmpty else {
      throw SplitpipeError(.missingInput, "the folder \"\(place)\" holds no image")
    }
    let truth = try Truth(path: path, classNames: classNames)
    return Dataset(
      name: folder, pictures: .images(images(names, in: place)), truth: truth, notes: truth.notes)
  }

  private static func images(_ names: [String], in folder: String) -> [Image] {
    names.enumerated().map { Image(path: folder + "/" + $1, number: $0) }
  }

  /// What a user should know who gave no labels.
  static func unsplitNote(_ path: String) -> String {
    "\"\(path)\" has no labels: the boxes of the unsplit model at confidence 0.25 and more are the "
      + "reference; --truth gives labels (COCO with frame numbers as image ids, or YOLO files "
      + "named by frame number)"
  }
}
