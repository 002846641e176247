internal import Glibc
package import SplitpipeCore

/// Reads a whole file, with one allocation where its length is known; a pipe is read to its end.
///
/// Read, not mapped: a mapped file that somebody shortens meanwhile ends the process with a signal.
///
/// - Parameters:
///   - path: the file.
///   - limit: the most bytes it may hold; a longer file is refused before memory is taken for it.
/// - Returns: its bytes.
/// - Throws: `missingInput` where it cannot be opened or read or is a folder or a device, `badData`
///   where it is longer than `limit`.
package func readFile(_ path: String, limit: Int) throws(SplitpipeError) -> [UInt8] {
  let file = try InputDescriptor(path)
  var known = 0
  switch try file.kind() {
  case .file(let bytes):
    guard bytes <= limit else { throw .tooLarge(path, bytes: bytes, limit: limit) }
    known = bytes
  case .pipe: break
  case .folder: throw .notAFile(path, found: "a folder")
  case .device: throw .notAFile(path, found: "a device")
  }
  var bytes = try file.read(upTo: known)
  while bytes.count <= limit {
    let more = try file.read(upTo: 1 << 16)
    guard !more.isEmpty else { return bytes }
    bytes += more
  }
  throw .tooLarge(path, bytes: nil, limit: limit)
}

/// The first bytes of a file, fewer where it is shorter.
///
/// - Parameters:
///   - path: the file.
///   - count: how many bytes.
/// - Returns: the bytes.
/// - Throws: `missingInput` where it cannot be opened or read.
package func readStart(of path: String, count: Int) throws(SplitpipeError) -> [UInt8] {
  try InputDescriptor(path).read(upTo: count)
}

/// Owns a file opened for reading.
private struct InputDescriptor: ~Copyable {
  private let path: String
  private let descriptor: Int32

  init(_ path: String) throws(SplitpipeError) {
    // The system would stop at the zero byte and open another file.
    guard !path.utf8.contains(0) else { throw .cannotOpen(path, ENOENT) }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotOpen(path, errno) }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  func kind() throws(SplitpipeError) -> FileKind {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .cannotOpen(path, errno) }
    return FileKind(status)
  }

  /// The next `size` bytes, fewer only at the end.
  func read(upTo size: Int) throws(SplitpipeError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = unsafe Glibc.read(
          descriptor, buffer.baseAddress?.advanced(by: count), size - count)
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { break }
        count += got
      }
    }
    guard failure == 0 else { throw .cannotOpen(path, failure) }
    return bytes
  }
}
