internal import Glibc
import SplitpipeCore

/// Writes a small file under a temporary name and renames it, so that it appears whole or not at
/// all.
///
/// - Throws: `cannotWrite` with the system's reason.
func writeWhole(_ text: String, to path: String) throws {
  let temporary = path + ".partial-\(getpid())"
  let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw SplitpipeError.cannotKeep(path, errno) }
  let bytes = Array(text.utf8)
  let problem = unsafe writeAll(bytes.span.bytes, to: descriptor)
  guard close(descriptor) == 0, problem == 0, unsafe rename(temporary, path) == 0 else {
    let code = problem != 0 ? problem : errno
    unsafe unlink(temporary)
    throw SplitpipeError.cannotKeep(path, code)
  }
}

/// The beginning of a file as text, at most `limit` bytes of it; nil where there is no file.
///
/// - Throws: `missingInput` where it is there and cannot be read.
func readBeginning(_ path: String, limit: Int) throws -> String? {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else {
    guard errno == ENOENT else { throw SplitpipeError.unreadable(path, errno) }
    return nil
  }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: limit)
  let count = unsafe bytes.withUnsafeMutableBytes {
    unsafe read(descriptor, $0.baseAddress, $0.count)
  }
  guard count >= 0 else { throw SplitpipeError.unreadable(path, errno) }
  return String(decoding: bytes.prefix(count), as: UTF8.self)
}

/// Writes every byte; returns 0 or the system's error code.
func writeAll(_ bytes: RawSpan, to descriptor: Int32) -> Int32 {
  unsafe bytes.withUnsafeBytes { bytes in
    var offset = 0
    while offset < bytes.count {
      let written = unsafe write(
        descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
      if written < 0 {
        guard errno == EINTR else { return errno }
      } else {
        offset += written
      }
    }
    return 0
  }
}

extension SplitpipeError {
  static func cannotKeep(_ path: String, _ code: Int32) -> SplitpipeError {
    SplitpipeError(
      .cannotWrite,
      "cannot write \"\(path)\": \(unsafe String(cString: strerror(code))); free some space, or set "
        + "XDG_CACHE_HOME to a folder that can be written")
  }
}
