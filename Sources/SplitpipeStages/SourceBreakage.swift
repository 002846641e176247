package import SplitpipeCore
internal import Synchronization

/// What ended a source before its end, where frames had come: they are finished as after Ctrl-C, and the
/// failure is told after that.
package final class SourceBreakage: Sendable {
  private let failure = Mutex<SplitpipeError?>(nil)

  package init() {}

  /// Whether a failure is that of a stream or a file that ends too soon, not one of ours.
  package static func isBreakage(_ error: SplitpipeError) -> Bool {
    error.kind == .badData || error.kind == .unavailable
  }

  package func note(_ error: SplitpipeError) { failure.withLock { $0 = $0 ?? error } }

  /// nil where the source came to its end.
  package var error: SplitpipeError? { failure.withLock { $0 } }
}
