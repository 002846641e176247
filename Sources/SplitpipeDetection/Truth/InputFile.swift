import SplitpipeCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Reading of label and result files.
enum InputFile {
  /// Whether the path is a folder.
  ///
  /// - Throws: `missingInput` when there is nothing of this name.
  static func isFolder(_ path: String) throws -> Bool {
    var isDirectory = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw SplitpipeError(.missingInput, "cannot open \"\(path)\": no such file or folder")
    }
    return isDirectory
  }

  /// The bytes of a file.
  ///
  /// - Throws: `missingInput` when it does not exist or cannot be read.
  static func bytes(_ path: String) throws -> [UInt8] {
    guard try !isFolder(path) else {
      throw SplitpipeError(.missingInput, "cannot read \"\(path)\": it is a folder, not a file")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw SplitpipeError(.missingInput, "cannot read \"\(path)\": check that it may be read")
    }
    return [UInt8](data)
  }

  /// Paths of all files under a folder whose name ends so, in a fixed order.
  ///
  /// - Throws: `missingInput` when the folder cannot be listed.
  static func paths(under folder: String, suffix: String) throws -> [String] {
    guard let paths = try? FileManager.default.subpathsOfDirectory(atPath: folder) else {
      throw SplitpipeError(.missingInput, "cannot list the folder \"\(folder)\"")
    }
    return paths.filter { $0.hasSuffix(suffix) }.sorted().map { folder + "/" + $0 }
  }

  /// The last component of a path.
  static func name(_ path: String) -> String {
    path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? path
  }

  /// The last component of a path without its extension.
  static func stem(_ path: String) -> String {
    let name = name(path)
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    return String(name[..<dot])
  }
}
