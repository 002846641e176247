internal import FoundationEssentials
internal import Glibc
package import SplitpipeCore

/// The names of what lies in a folder, in no order.
///
/// - Parameter path: the folder.
/// - Returns: names without the folder's; see `PathText` for those that are not UTF-8.
/// - Throws: `missingInput` where it cannot be listed.
package func namesInFolder(_ path: String) throws(SplitpipeError) -> [String] {
  guard let folder = unsafe opendir(systemPath(path)) else {
    throw .cannotList(path, reason: systemReason(errno))
  }
  defer { unsafe closedir(folder) }
  var names: [String] = []
  errno = 0
  while let entry = unsafe readdir(folder) {
    let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { name in
      unsafe PathText.text(name.prefix { $0 != 0 })
    }
    if name != ".", name != ".." { names.append(name) }
    errno = 0
  }
  guard errno == 0 else { throw .cannotList(path, reason: systemReason(errno)) }
  return names
}

/// All files under a folder, those of its subfolders included and links followed, but for hidden ones
/// (`.name`; macOS leaves a `._name` beside every file on disks that are not its own) and those of the
/// `__MACOSX` of archives.
///
/// - Parameter folder: where to look.
/// - Returns: paths relative to the folder, in the order of `precedesNaturally(_:_:)`.
/// - Throws: `missingInput` where the folder cannot be listed; a subfolder that cannot be, too;
///   `badData` where there are more than ten million files.
package func filesUnderFolder(_ folder: String) throws(SplitpipeError) -> [String] {
  var found: [String] = []
  // Folders still to be listed, each with those it lies in, so that a link upwards is not followed.
  var waiting: [(path: String, above: Set<FileIdentity>)] = [("", [])]
  while let (path, above) = waiting.popLast() {
    let place = path.isEmpty ? folder : folder + "/" + path
    guard let identity = FileIdentity(of: place), !above.contains(identity) else {
      if path.isEmpty { throw .cannotList(folder, reason: systemReason(ENOENT)) }
      continue
    }
    for name in try namesInFolder(place) where !name.hasPrefix(".") && name != "__MACOSX" {
      let relative = path.isEmpty ? name : path + "/" + name
      switch try? FileKind(of: folder + "/" + relative) {
      case .folder: waiting.append((relative, above.union([identity])))
      case .file:
        found.append(relative)
        guard found.count <= mostFiles else {
          throw SplitpipeError(
            .badData,
            "cannot use the folder \"\(folder)\": it holds more than \(mostFiles) files; give the "
              + "folder of the data itself")
        }
      default: break
      }
    }
  }
  return found.sorted(by: precedesNaturally)
}

private let mostFiles = 10_000_000

/// What makes two paths the same file.
private struct FileIdentity: Hashable {
  let device: UInt
  let number: UInt

  init?(of path: String) {
    var status = stat()
    guard unsafe stat(systemPath(path), &status) == 0 else { return nil }
    device = UInt(status.st_dev)
    number = UInt(status.st_ino)
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
