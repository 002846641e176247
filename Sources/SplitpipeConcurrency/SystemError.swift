internal import Glibc
package import SplitpipeCore

extension SplitpipeError {
  /// A system call that failed.
  ///
  /// - Parameters:
  ///   - task: completes "cannot …".
  ///   - code: the system's number for the reason.
  /// - Returns: an error for something that is needed and not there.
  package static func system(_ task: String, _ code: Int32) -> SplitpipeError {
    let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "unknown error"
    return SplitpipeError(.unavailable, "cannot \(task): \(reason) (\(code))")
  }
}
