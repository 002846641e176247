import Glibc
import SplitpipeCore

/// Results go to stdout, everything else to stderr.
enum Terminal {
  /// Whether a person watches stderr.
  static let isWatched = isatty(STDERR_FILENO) == 1

  /// Prints a message for the user.
  static func say(_ message: String) { write(message + "\n", to: STDERR_FILENO) }

  /// Prints a result.
  ///
  /// - Parameter text: the result, without a newline at its end.
  /// - Throws: `cannotWrite` when stdout cannot take it.
  static func result(_ text: String) throws {
    guard write(text + "\n", to: STDOUT_FILENO) else {
      throw SplitpipeError(
        .cannotWrite, "cannot write to standard output: \(unsafe String(cString: strerror(errno)))")
    }
  }

  @discardableResult
  static func write(_ text: String, to descriptor: Int32) -> Bool {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if written < 0 {
        guard errno == EINTR else { return false }
      } else {
        bytes = bytes.dropFirst(written)
      }
    }
    return true
  }
}
