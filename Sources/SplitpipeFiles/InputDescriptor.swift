internal import Glibc
import SplitpipeCore

/// Owns a file opened for reading.
struct InputDescriptor: ~Copyable {
  /// What errors call it.
  private let name: String
  private let descriptor: Int32

  /// Opens a file.
  init(_ path: String) throws(SplitpipeError) {
    // The system would stop at the zero byte and open another file.
    guard !path.utf8.contains(0) else { throw .cannotOpen(path, ENOENT) }
    try self.init(unsafe open(systemPath(path), O_RDONLY | O_CLOEXEC), name: path)
  }

  /// Reads on from where standard input stands.
  init(standardInput name: String) throws(SplitpipeError) {
    try self.init(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0), name: name)
  }

  private init(_ descriptor: Int32, name: String) throws(SplitpipeError) {
    guard descriptor >= 0 else { throw .cannotOpen(name, errno) }
    self.name = name
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  func kind() throws(SplitpipeError) -> FileKind {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .cannotOpen(name, errno) }
    return FileKind(status)
  }

  /// Bytes between the place it stands at and its end; nil where it has no places.
  func bytesAhead() throws(SplitpipeError) -> Int? {
    guard case .file(let bytes) = try kind() else { return nil }
    let place = lseek(descriptor, 0, SEEK_CUR)
    return place < 0 ? nil : max(0, bytes - place)
  }

  /// Lets the next read begin at a byte.
  func move(to offset: Int) throws(SplitpipeError) {
    guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { throw .cannotOpen(name, errno) }
  }

  /// Waits for bytes or the end; false if neither came within so many milliseconds.
  func isReady(within milliseconds: Int32) throws(SplitpipeError) -> Bool {
    var query = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let found = unsafe poll(&query, 1, milliseconds)
    guard found >= 0 || errno == EINTR else { throw .cannotOpen(name, errno) }
    return found > 0
  }

  /// Reads what is there, at most what the buffer holds; 0 only at the end.
  func readSome(_ buffer: UnsafeMutableRawBufferPointer) throws(SplitpipeError) -> Int {
    while true {
      let got = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if got >= 0 { return got }
      guard errno == EINTR else { throw .cannotOpen(name, errno) }
    }
  }

  /// The next `size` bytes, fewer only at the end.
  func read(upTo size: Int) throws(SplitpipeError) -> [UInt8] {
    var failure: SplitpipeError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      do throws(SplitpipeError) {
        while count < size {
          let got = try unsafe readSome(UnsafeMutableRawBufferPointer(rebasing: raw[count..<size]))
          if got == 0 { break }
          count += got
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}
