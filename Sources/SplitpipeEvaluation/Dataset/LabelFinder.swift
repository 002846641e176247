import SplitpipeCore
import SplitpipeFiles

/// Finds the label file of a picture where YOLO datasets have it: under `labels` where the picture lies
/// under `images`, else beside the picture.
struct LabelFinder {
  /// Label files of a folder by name without extension.
  private var listings: [String: [String: String]] = [:]
  /// Folders of labels by the folder of pictures; nil where there is none.
  private var counterparts: [String: String?] = [:]

  /// - Parameter picture: its path.
  /// - Returns: the path of its label file; nil where it has none.
  mutating func labels(of picture: String) -> String? {
    let folder = FileTree.folder(of: picture)
    if let labels = counterpart(of: folder), let found = find(picture, in: labels) { return found }
    return find(picture, in: folder)
  }

  /// The folder of labels for a folder of pictures; nil where there is none.
  mutating func counterpart(of folder: String) -> String? {
    if let known = counterparts[folder] { return known }
    let parts = absolutePath(folder).split(separator: "/").map(String.init)
    var found: String?
    if let place = parts.lastIndex(where: { $0.lowercased() == "images" }) {
      let parent = "/" + parts[..<place].joined(separator: "/")
      let rest = parts[(place + 1)...].map { "/" + $0 }.joined()
      found = FileTree.find("labels", in: parent).map { $0 + rest }
      if let path = found, !FileTree.isFolder(path) { found = nil }
    }
    counterparts[folder] = .some(found)
    return found
  }

  private mutating func find(_ picture: String, in folder: String) -> String? {
    let listing = listings[folder] ?? Self.list(folder)
    listings[folder] = listing
    // Some programs add to the picture's name instead of changing its end.
    let name = listing[FileTree.stem(picture)] ?? listing[FileTree.name(picture)]
    return name.map { folder + "/" + $0 }
  }

  private static func list(_ folder: String) -> [String: String] {
    // A folder that cannot be listed has no labels that could be read.
    let names = ((try? namesInFolder(folder)) ?? []).filter {
      !$0.hasPrefix(".") && $0.lowercased().hasSuffix(".txt")
    }
    return Dictionary(names.sorted().map { (FileTree.stem($0), $0) }) { first, _ in first }
  }
}
