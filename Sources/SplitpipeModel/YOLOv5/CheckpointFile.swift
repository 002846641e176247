import Glibc
import SplitpipeCore

/// Reads a whole file with one allocation.
///
/// Read, not mapped: a mapped file that somebody shortens meanwhile ends the process with a signal.
///
/// - Throws: `.missingInput` where the file cannot be opened or read, `.badData` where it is longer
///   than `limit` bytes.
func readCheckpointFile(path: String, limit: Int) throws -> [UInt8] {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw SplitpipeError.unreadable(path, errno) }
  defer { close(descriptor) }
  var status = stat()
  guard unsafe fstat(descriptor, &status) == 0 else {
    throw SplitpipeError.unreadable(path, errno)
  }
  guard status.st_mode & S_IFMT == S_IFREG else {
    throw SplitpipeError(
      .missingInput, "cannot read \"\(path)\": expected a file, found a folder or a device")
  }
  let size = Int(status.st_size)
  guard size <= limit else {
    throw SplitpipeError(
      .badData, "cannot read \"\(path)\": \(size) bytes, more than the limit of \(limit)")
  }
  var failure: Int32 = 0
  let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
    while count < size {
      let got = unsafe read(descriptor, buffer.baseAddress?.advanced(by: count), size - count)
      if got < 0, errno == EINTR { continue }
      if got < 0 { failure = errno }
      if got <= 0 { break }
      count += got
    }
  }
  guard failure == 0 else { throw SplitpipeError.unreadable(path, failure) }
  return bytes
}

extension SplitpipeError {
  fileprivate static func unreadable(_ path: String, _ code: Int32) -> SplitpipeError {
    let reason = unsafe String(cString: strerror(code))
    return SplitpipeError(.missingInput, "cannot read \"\(path)\": \(reason)")
  }
}
