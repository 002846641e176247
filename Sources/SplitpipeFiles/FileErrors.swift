internal import Glibc
package import SplitpipeCore

/// What the system says to a call that failed: its sentence and its number.
package func systemReason(_ code: Int32) -> String {
  unsafe "\(String(cString: strerror(code))) (\(code))"
}

extension SplitpipeError {
  /// An input the system does not open or read, with its reason.
  package static func cannotOpen(_ path: String, _ code: Int32) -> SplitpipeError {
    SplitpipeError(
      .missingInput, "cannot open \"\(path)\": \(systemReason(code)); check the path")
  }

  /// An input that is there but holds no bytes to read.
  static func notAFile(_ path: String, found: String) -> SplitpipeError {
    SplitpipeError(.missingInput, "cannot read \"\(path)\": expected a file, found \(found)")
  }

  /// An input longer than what is read at most; `bytes` is nil where its length is not known.
  package static func tooLarge(_ path: String, bytes: Int?, limit: Int) -> SplitpipeError {
    let length = bytes.map { "\($0) bytes, " } ?? ""
    return SplitpipeError(
      .badData,
      "cannot read \"\(path)\": \(length)more than the limit of \(limit) bytes; check that it is "
        + "the right file")
  }

  /// A folder whose names the system does not give.
  static func cannotList(_ path: String, reason: String) -> SplitpipeError {
    SplitpipeError(
      .missingInput, "cannot list the folder \"\(path)\": \(reason); check its permissions")
  }

  /// An output the system refuses, with its reason.
  package static func cannotWrite(_ path: String, _ code: Int32) -> SplitpipeError {
    .cannotWrite(path, reason: systemReason(code))
  }

  /// An output that cannot be made, with the reason.
  package static func cannotWrite(_ path: String, reason: String) -> SplitpipeError {
    SplitpipeError(
      .cannotWrite,
      "cannot write \"\(path)\": \(reason); check that the folder exists, is writable and has room")
  }
}
