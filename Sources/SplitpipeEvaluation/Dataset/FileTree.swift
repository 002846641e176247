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
  static func names(under folder: String) throws -> [String] {
    try filesUnderFolder(folder) { _ in true }
  }

  /// The most bytes of a table of classes.
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
