internal import Glibc
package import SplitpipeCore

/// Writes all of the bytes to an open descriptor, however many calls the system needs.
///
/// - Parameters:
///   - bytes: what to write.
///   - descriptor: where to.
/// - Returns: 0, or the system's error number.
package func writeAll(_ bytes: Span<UInt8>, to descriptor: Int32) -> Int32 {
  var done = 0
  while done < bytes.count {
    let wrote = unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
    }
    if wrote < 0, errno == EINTR { continue }
    guard wrote > 0 else { return wrote < 0 ? errno : EIO }
    done += wrote
  }
  return 0
}

/// Owns an existing file or device opened for writing from its start.
package struct FileWriter: ~Copyable {
  /// What errors call it.
  private let name: String
  private var descriptor: Int32

  /// Opens the file and empties it; one of this process's open files (`/dev/stdout`, `/dev/fd/3`)
  /// is written on from where it stands, so that nothing else written to it is lost.
  ///
  /// - Parameters:
  ///   - path: the file, as a rule the working path of a `PendingFile`.
  ///   - name: what errors call it.
  /// - Throws: `cannotWrite` with the system's reason.
  package init(_ path: String, name: String) throws(SplitpipeError) {
    let descriptor =
      if let standing = Self.openDescriptor(path) {
        fcntl(standing, F_DUPFD_CLOEXEC, 0)
      } else {
        unsafe open(systemPath(path), O_WRONLY | O_TRUNC | O_CLOEXEC)
      }
    guard descriptor >= 0 else { throw .cannotWrite(name, errno) }
    self.name = name
    self.descriptor = descriptor
  }

  /// The descriptor a path names.
  private static func openDescriptor(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdout": return STDOUT_FILENO
    case "/dev/stderr": return STDERR_FILENO
    default:
      let folders = ["/dev/fd/", "/proc/self/fd/"]
      guard let folder = folders.first(where: path.hasPrefix) else { return nil }
      return Int32(path.dropFirst(folder.count))
    }
  }

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  /// Adds bytes.
  ///
  /// - Parameter bytes: what to add.
  /// - Throws: `cannotWrite` when the disk is full or gone.
  package borrowing func write(_ bytes: Span<UInt8>) throws(SplitpipeError) {
    let code = writeAll(bytes, to: descriptor)
    guard code == 0 else { throw .cannotWrite(name, code) }
  }

  /// Closes the file; some file systems only now tell that they are full.
  ///
  /// - Throws: `cannotWrite` when the disk is full or gone.
  package mutating func close() throws(SplitpipeError) {
    guard descriptor >= 0 else { return }
    let status = Glibc.close(descriptor)
    descriptor = -1
    guard status == 0 else { throw .cannotWrite(name, errno) }
  }
}
