import SplitpipeInference
package import Testing

/// The inference runtime, for tests that need it.
package enum OpenVINORuntime {
  private static let problem: String? = {
    do {
      _ = try OpenVINOEngine()
      return nil
    } catch {
      return "\(error)"
    }
  }()

  /// A trait that runs the test where the runtime is installed and reports it as skipped where not.
  package static let needed: ConditionTrait = .enabled(
    if: problem == nil, Comment(rawValue: problem ?? "OpenVINO is installed"))
}
