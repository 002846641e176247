internal import FoundationEssentials
package import SplitpipeCore

/// The names of what lies in a folder, in no order.
///
/// - Parameter path: the folder.
/// - Returns: names without the folder's.
/// - Throws: `missingInput` where it cannot be listed.
package func namesInFolder(_ path: String) throws(SplitpipeError) -> [String] {
  do {
    return try FileManager.default.contentsOfDirectory(atPath: path)
  } catch {
    throw .cannotList(path, reason: "\(error)")
  }
}

/// The paths of all files under a folder, subfolders included, whose name ends so; sorted.
///
/// - Parameters:
///   - folder: where to look, as `filesUnderFolder(_:)` does.
///   - suffix: how the names end, letter case aside.
/// - Returns: paths that begin with `folder`.
/// - Throws: as `filesUnderFolder(_:)`.
package func pathsUnderFolder(
  _ folder: String, suffix: String
) throws(SplitpipeError) -> [String] {
  let suffix = suffix.lowercased()
  return try filesUnderFolder(folder).filter { $0.lowercased().hasSuffix(suffix) }
    .map { folder + "/" + $0 }
}

/// The path from the root, `.` and `..` taken out by name: links are not followed, so that what lies
/// beside a link is found, not what lies beside its goal.
///
/// - Parameter path: any path; a relative one begins in the working folder.
/// - Returns: a path that begins with `/` and does not end with it, but for `/` itself.
package func absolutePath(_ path: String) -> String {
  let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  var parts: [Substring] = []
  for part in whole.split(separator: "/") where part != "." {
    if part == ".." { _ = parts.popLast() } else { parts.append(part) }
  }
  return "/" + parts.joined(separator: "/")
}

/// Makes a folder, and those it lies in; one that is there already will do.
///
/// - Parameter path: the folder.
/// - Throws: `cannotWrite` with the system's reason.
package func makeFolder(_ path: String) throws(SplitpipeError) {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw SplitpipeError(.cannotWrite, "cannot make the folder \"\(path)\": \(error)")
  }
}
