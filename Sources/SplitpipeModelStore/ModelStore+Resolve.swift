internal import Glibc
import SplitpipeCore

/// The file that a user means by a path or the name of an installed model.
///
/// - Parameter nameOrPath: what the user wrote.
/// - Returns: the path of a file.
/// - Throws: `missingInput` where no such file is there, or the name is of a model that is not yet
///   fetched; `usage` for a name that is of no model. The message names the nearest valid names.
package func resolveModel(_ nameOrPath: String) throws -> String {
  try ModelStore.standard.resolve(nameOrPath)
}

extension ModelStore {
  /// The file that a user means by a path or the name of an installed model.
  ///
  /// A file under the path wins over an installed name, and an installed name over a folder.
  ///
  /// - Parameter nameOrPath: what the user wrote.
  /// - Returns: the path of a file.
  /// - Throws: `missingInput` where no such file is there, or the name is of a model that is not yet
  ///   fetched; `usage` for a name that is of no model.
  package func resolve(_ nameOrPath: String) throws -> String {
    var status = stat()
    let problem = unsafe stat(nameOrPath, &status) == 0 ? 0 : errno
    let isFolder = problem == 0 && status.st_mode & S_IFMT == S_IFDIR
    if problem == 0, !isFolder { return nameOrPath }
    if let model = installed(nameOrPath) { return model.path }
    if let model = available(nameOrPath) { throw SplitpipeError.notFetched(model) }
    // The reader says what is wrong with a folder.
    if isFolder { return nameOrPath }
    let isPath = nameOrPath.contains("/") || [".pt", ".onnx"].contains(where: nameOrPath.hasSuffix)
    guard !isPath else {
      throw SplitpipeError.noFile(
        nameOrPath, reason: unsafe String(cString: strerror(problem)),
        suggestion: suggestion(insteadOf: nameOrPath))
    }
    throw SplitpipeError(
      .usage,
      "unknown model \"\(nameOrPath)\": expected a .pt or .onnx file, or a name that "
        + "`splitpipe models` lists; nearest: \(nearest(nameOrPath))")
  }

  /// The valid names nearest to a misspelt one, quoted.
  func nearest(_ name: String) -> String {
    nearestNames(to: name, among: installed.map(\.name) + available.map(\.name))
      .map { "\"\($0)\"" }.joined(separator: ", ")
  }

  /// What to do about a path under which there is no file.
  private func suggestion(insteadOf path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    if let model = available.first(where: { $0.fileName == file }) {
      return installed(model.name) == nil
        ? "`splitpipe models fetch \(model.name)` downloads it, then its name \"\(model.name)\" is "
          + "enough"
        : "\"\(model.name)\" is installed, give its name"
    }
    return "check the path, or give a name that `splitpipe models` lists, such as \(nearest(file))"
  }
}

extension SplitpipeError {
  fileprivate static func notFetched(_ model: AvailableModel) -> SplitpipeError {
    SplitpipeError(
      .missingInput,
      "model \"\(model.name)\" is not installed: `splitpipe models fetch \(model.name)` downloads it "
        + "(\(megabytes(model.bytes)), \(model.licence))")
  }

  fileprivate static func noFile(
    _ path: String, reason: String, suggestion: String
  ) -> SplitpipeError {
    SplitpipeError(.missingInput, "cannot read model \"\(path)\": \(reason); \(suggestion)")
  }
}
