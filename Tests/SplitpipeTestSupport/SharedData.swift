import Foundation
package import Testing

/// Files that live beside the project and are not part of it: real weights, videos, references.
///
/// Found in `SPLITPIPE_SHARED`, else in `shared` beside the project's folder. Tests that need one
/// say so with the trait `SharedData.needs(…)`, so that a run without it reports them as skipped.
package enum SharedData {
  private static let root: String = {
    if let named = ProcessInfo.processInfo.environment["SPLITPIPE_SHARED"] { return named }
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return package.deletingLastPathComponent().appendingPathComponent("shared").path
  }()

  package static func path(_ relative: String) -> String { root + "/" + relative }

  /// A trait that runs the test where every file is present and reports it as skipped where not.
  package static func needs(_ relative: String...) -> ConditionTrait {
    let missing = relative.filter { !FileManager.default.fileExists(atPath: path($0)) }
    return .enabled(
      if: missing.isEmpty, Comment(rawValue: "needs \(missing.joined(separator: ", ")) in \(root)"))
  }
}
