import Glibc
import SplitpipeCore
import SplitpipeFiles

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
    let code = write(text + "\n", to: STDOUT_FILENO)
    guard code == 0 else {
      throw SplitpipeError(
        .cannotWrite,
        "cannot write to standard output: \(systemReason(code)); check where it leads")
    }
  }

  /// Writes text to a descriptor, names of files as people read them; returns 0 or the system's error number.
  @discardableResult
  static func write(_ text: String, to descriptor: Int32) -> Int32 {
    writeAll(Array(PathText.shown(text).utf8).span, to: descriptor)
  }
}
