import SplitpipeCore
import SplitpipeFiles

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
    let problem: SplitpipeError?
    do throws(SplitpipeError) {
      guard try FileKind(of: nameOrPath) == .folder else { return nameOrPath }
      problem = nil
    } catch {
      problem = error
    }
    if let model = installed(nameOrPath) { return model.path }
    if let model = available(nameOrPath) { throw SplitpipeError.notFetched(model) }
    // The reader says what is wrong with a folder.
    guard let problem else { return nameOrPath }
    let isPath = nameOrPath.contains("/") || [".pt", ".onnx"].contains(where: nameOrPath.hasSuffix)
    guard !isPath else {
      throw SplitpipeError(
        problem.kind, "\(problem.message), or \(suggestion(insteadOf: nameOrPath))")
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

  /// What may be meant by a path under which there is no file.
  private func suggestion(insteadOf path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    guard let model = available.first(where: { $0.fileName == file }) else {
      return "give a name that `splitpipe models` lists, such as \(nearest(file))"
    }
    return installed(model.name) == nil
      ? "fetch it with `splitpipe models fetch \(model.name)` and give its name \"\(model.name)\""
      : "give the name \"\(model.name)\", which is installed"
  }
}

extension SplitpipeError {
  fileprivate static func notFetched(_ model: AvailableModel) -> SplitpipeError {
    SplitpipeError(
      .missingInput,
      "model \"\(model.name)\" is not installed: `splitpipe models fetch \(model.name)` downloads it "
        + "(\(megabytes(model.bytes)), \(model.licence))")
  }
}
