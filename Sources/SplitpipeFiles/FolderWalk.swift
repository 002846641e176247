internal import Glibc
package import SplitpipeCore

/// The paths of all files under a folder, relative to it and sorted.
///
/// Links are followed, so that folders that are links count as what they lead to; a link back to a
/// folder above it is not followed again. Hidden names, which file managers leave behind, and the
/// `__MACOSX` of archives are passed over.
///
/// - Parameter folder: where to look, at most 64 folders deep.
/// - Returns: paths without the folder's.
/// - Throws: `missingInput` where it cannot be listed, `badData` where there are more than ten
///   million files.
package func filesUnderFolder(_ folder: String) throws(SplitpipeError) -> [String] {
  var walk = FolderWalk(root: folder)
  try walk.visit("")
  return walk.files.sorted()
}

private struct FolderWalk {
  /// What a folder is, whatever links lead to it.
  private struct Identity: Hashable {
    let device: UInt64
    let number: UInt64
  }
  private static let mostNames = 10_000_000
  private static let deepest = 64

  let root: String
  private(set) var files: [String] = []
  /// Files and folders seen.
  private var names = 0
  /// The folders from the root to where the walk is.
  private var above: [Identity] = []

  init(root: String) { self.root = root }

  mutating func visit(_ inner: String) throws(SplitpipeError) {
    let folder = inner.isEmpty ? root : root + "/" + inner
    var status = stat()
    guard unsafe stat(folder, &status) == 0 else {
      throw .cannotList(folder, reason: systemReason(errno))
    }
    let identity = Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
    guard !above.contains(identity), above.count < Self.deepest else { return }
    above.append(identity)
    defer { above.removeLast() }
    for name in try namesInFolder(folder) where !name.hasPrefix(".") && name != "__MACOSX" {
      let path = inner.isEmpty ? name : inner + "/" + name
      // A link to nothing is nothing.
      guard unsafe stat(root + "/" + path, &status) == 0 else { continue }
      names += 1
      guard names <= Self.mostNames else {
        throw SplitpipeError(
          .badData,
          "cannot use the folder \"\(root)\": it holds more than \(Self.mostNames) files; give the "
            + "folder of the data itself")
      }
      if status.st_mode & S_IFMT == S_IFDIR {
        try visit(path)
      } else {
        files.append(path)
      }
    }
  }
}
