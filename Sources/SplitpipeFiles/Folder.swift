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
///   - folder: where to look.
///   - suffix: how the names end.
/// - Returns: paths that begin with `folder`.
/// - Throws: `missingInput` where it cannot be listed.
package func pathsUnderFolder(
  _ folder: String, suffix: String
) throws(SplitpipeError) -> [String] {
  do {
    return try FileManager.default.subpathsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(suffix) }.sorted().map { folder + "/" + $0 }
  } catch {
    throw .cannotList(folder, reason: "\(error)")
  }
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
