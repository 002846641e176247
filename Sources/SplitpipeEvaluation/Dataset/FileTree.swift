import SplitpipeCore
import SplitpipeFiles

/// What lies where, for finding out what a dataset is.
enum FileTree {
  static func isFolder(_ path: String) -> Bool {
    (try? FileKind(of: path)) == .folder
  }

  static func exists(_ path: String) -> Bool { (try? FileKind(of: path)) != nil }

  /// Paths of every file under a folder, relative to it, hidden ones left out.
  ///
  /// - Throws: `missingInput` when it cannot be listed.
  static func names(under folder: String) throws -> [String] { try filesUnderFolder(folder) }

  /// Names of the folders in a folder, links to such included, hidden ones not; sorted.
  ///
  /// - Throws: `missingInput` when it cannot be listed.
  static func folders(in folder: String) throws -> [String] {
    try namesInFolder(folder).filter { !$0.hasPrefix(".") && isFolder(folder + "/" + $0) }.sorted()
  }

  /// The file or folder of this name in a folder, letter case aside; nil where there is none.
  static func find(_ name: String, in folder: String) -> String? {
    if exists(folder + "/" + name) { return folder + "/" + name }
    let names = (try? namesInFolder(folder)) ?? []
    return names.sorted().first { $0.lowercased() == name.lowercased() }.map { folder + "/" + $0 }
  }

  /// The most bytes of a table of classes, or of a list of pictures.
  static let textLimit = 1 << 28

  /// - Throws: `missingInput` where it cannot be read, `badData` where it is longer than the limit.
  static func text(_ path: String) throws -> String {
    String(decoding: try readFile(path, limit: textLimit), as: UTF8.self)
  }

  static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  static func stem(_ path: String) -> String {
    let name = name(path)
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    return String(name[..<dot])
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
