import SplitpipeCore
import SplitpipeDetection
import SplitpipeFiles
import SplitpipeMedia

/// A text that lists pictures, one a line, as YOLO datasets have them.
struct PictureList {
  /// Those that are there, in the order of the text.
  private(set) var pictures: [String] = []
  /// Sentences on what was left out.
  private(set) var notes: [String] = []

  /// - Throws: `missingInput` where none of the pictures is there, `badData` for a text that is no list.
  init(path: String) throws {
    let folder = FileTree.folder(of: path)
    let lines = LabelText.lines(try readFile(path, limit: FileTree.textLimit))
      .map(\.trimmed).filter { !$0.isEmpty }
    if let wrong = lines.first(where: { imageNames(among: [$0]).isEmpty }) {
      throw SplitpipeError(
        .badData,
        "cannot use \"\(path)\" as a list of pictures: it has the line \"\(wrong.prefix(60))\", which "
          + "names none; give the dataset's folder, its data.yaml or a list with a picture a line")
    }
    var absent: [String] = []
    for line in lines {
      if let found = Self.find(line, near: folder) {
        pictures.append(found)
      } else {
        absent.append(line)
      }
    }
    guard !pictures.isEmpty else {
      throw SplitpipeError(
        .missingInput,
        lines.isEmpty
          ? "\"\(path)\" is an empty list; expected a picture a line"
          : "none of the \(lines.count) pictures that \"\(path)\" lists is there (the first is "
            + "\"\(lines[0])\"); paths that begin with ./ are beside the list, others in the working "
            + "folder or beside it")
    }
    let count = pictures.count
    pictures = pictures.uniqued()
    if pictures.count < count {
      notes.append(
        "\(counted(count - pictures.count, "picture")) that \"\(path)\" lists twice counted once")
    }
    if !absent.isEmpty {
      notes.append(
        "\(counted(absent.count, "picture")) listed by \"\(path)\" but not there, left out: "
          + someNames(absent))
    }
  }

  /// Finds a file that another one names: `./` is beside that one, else the working folder comes first;
  /// a path that begins above the folder is tried without its beginning, as archives are packed so.
  ///
  /// - Parameters:
  ///   - name: a path as written, on any system.
  ///   - folder: of the file that names it.
  /// - Returns: the path of what is there; nil where nothing is.
  static func find(_ name: String, near folder: String) -> String? {
    let name = name.contains("/") ? name : name.replacing("\\", with: "/")
    if name.hasPrefix("/") { return FileTree.exists(name) ? name : nil }
    if name.hasPrefix("./") {
      let path = folder + "/" + name.dropFirst(2)
      return FileTree.exists(path) ? path : nil
    }
    if FileTree.exists(name) { return name }
    var rest = name[...]
    while true {
      let path = folder + "/" + rest
      if FileTree.exists(path) { return path }
      guard let slash = rest.firstIndex(of: "/") else { return nil }
      rest = rest[rest.index(after: slash)...]
    }
  }
}

/// The pictures that a `data.yaml` names.
struct DataFilePictures {
  /// Under which key: `val`, else `test` or `train`.
  let key: String
  /// What sentences call their place.
  let place: String
  private(set) var pictures: [String] = []
  private(set) var notes: [String] = []

  /// - Returns: nil where nothing that the file names is there.
  /// - Throws: as `PictureList`, `missingInput` for a folder that cannot be listed.
  init?(_ file: DatasetFile) throws {
    let keys = ["val", "test", "train"].filter { file.places[$0]?.isEmpty == false }
    let found = keys.lazy.map { key in
      (key: key, places: (file.places[key] ?? []).map { Self.find($0, file) })
    }.first { $0.places.contains { $0 != nil } }
    guard let found, let first = found.places.compactMap({ $0 }).first else { return nil }
    (key, place) = (found.key, first)
    if key != "val" { notes.append("\"\(file.path)\" has no val: its \(key) pictures are used") }
    for (written, path) in zip(file.places[key] ?? [], found.places) {
      guard let path else {
        notes.append("\"\(written)\", which \"\(file.path)\" names, is not there and left out")
        continue
      }
      if FileTree.isFolder(path) {
        pictures += imageNames(among: try FileTree.names(under: path)).map { path + "/" + $0 }
      } else {
        let list = try PictureList(path: path)
        pictures += list.pictures
        notes += list.notes
      }
    }
    pictures = pictures.uniqued()
  }

  /// What a place is: relative to `path`, to the file, or, where it begins above that, without `../`, as
  /// Ultralytics reads what Roboflow writes.
  private static func find(_ place: String, _ file: DatasetFile) -> String? {
    let own = FileTree.folder(of: file.path)
    let place = place.contains("/") ? place : place.replacing("\\", with: "/")
    if place.hasPrefix("/") { return FileTree.exists(place) ? place : nil }
    var roots = [own]
    if let root = file.root, root != "." {
      roots = root.hasPrefix("/") ? [root, own] : [own + "/" + root, root, own]
    }
    for root in roots {
      if FileTree.exists(root + "/" + place) { return root + "/" + place }
      if place.hasPrefix("../"), FileTree.exists(root + "/" + place.dropFirst(3)) {
        return root + "/" + place.dropFirst(3)
      }
    }
    return nil
  }
}

extension String {
  /// Without spaces and quotes around it.
  var trimmed: String {
    var text = self[...]
    while let last = text.last, last.isWhitespace || last == "\"" { text.removeLast() }
    while let first = text.first, first.isWhitespace || first == "\"" { text.removeFirst() }
    return String(text)
  }
}
