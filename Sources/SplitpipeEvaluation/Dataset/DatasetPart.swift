import SplitpipeCore
import SplitpipeFiles
import SplitpipeMedia

/// The part of a dataset that is evaluated, where a folder has several.
struct DatasetPart {
  /// What parts are for, the one that is wanted most first.
  enum Kind: Int, Comparable {
    case validation, test, training, other

    static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }

    /// By the name of a folder, as in `valid` or `val2017`; nil for a folder that is no part.
    init?(folder: String) {
      var name = folder.lowercased()[...]
      while let last = name.last, last.isNumber || last == "_" || last == "-" { name.removeLast() }
      switch name {
      case "val", "valid", "validation": self = .validation
      case "test", "testing": self = .test
      case "train", "training": self = .training
      default: return nil
      }
    }

    /// By the name of a COCO file, as in `instances_val2017.json`.
    init(ofLabels file: String) {
      let parts = FileTree.stem(file).split(separator: "_").map(String.init)
      self = parts.compactMap { Kind(folder: $0) }.first ?? .other
    }
  }

  /// The folder of the part, or the whole.
  let folder: String
  /// Where its pictures are: `images` in it, or itself.
  let pictures: String
  /// Sentences on what was chosen.
  private(set) var notes: [String] = []

  /// Looks for parts in a folder, or in its `images`.
  ///
  /// - Throws: `usage` where several are for the same, `missingInput` where it cannot be listed.
  init(of folder: String) throws {
    if let part = try Self.choose(in: folder) {
      self.folder = part.path
      notes = part.notes
    } else {
      self.folder = folder
    }
    guard let images = FileTree.find("images", in: self.folder), FileTree.isFolder(images) else {
      pictures = self.folder
      return
    }
    guard notes.isEmpty, let part = try Self.choose(in: images) else {
      pictures = images
      return
    }
    pictures = part.path
    notes += part.notes
  }

  /// The part that is wanted most of those that hold pictures; nil where there are none, or all
  /// pictures are in one.
  private static func choose(in folder: String) throws -> (path: String, notes: [String])? {
    let parts = try FileTree.folders(in: folder).compactMap { name in
      Kind(folder: name).map { (name: name, kind: $0) }
    }.filter { part in
      try imageNames(among: FileTree.names(under: folder + "/" + part.name)).isEmpty == false
    }
    guard let kind = parts.map(\.kind).min() else { return nil }
    let best = parts.filter { $0.kind == kind }
    guard best.count == 1 else {
      throw SplitpipeError(
        .usage,
        "\"\(folder)\" holds \(someNames(best.map(\.name))): give the one that is meant, as in "
          + shellWord(folder + "/" + best[0].name))
    }
    guard parts.count > 1 else { return (folder + "/" + best[0].name, []) }
    return (
      folder + "/" + best[0].name,
      [
        "of the parts \(someNames(parts.map(\.name))) of \"\(folder)\" \"\(best[0].name)\" is used; "
          + "give the folder of another to use that"
      ]
    )
  }
}
