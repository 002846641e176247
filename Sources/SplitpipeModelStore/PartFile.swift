internal import Glibc
import SplitpipeCore
import SplitpipeFiles

/// The file that a fetch fills, beside its final name, open and locked against other processes.
final class PartFile {
  static let suffix = ".part"

  /// The final name.
  let destination: String
  var path: String { destination + Self.suffix }
  var recordPath: String { path + ".json" }
  private let descriptor: Int32
  private(set) var size: Int

  /// Opens or creates the part, with the folders it needs.
  ///
  /// - Parameter destination: the final name.
  /// - Throws: `cannotWrite` where the folder refuses; `unavailable` where another process fills
  ///   the same part.
  init(_ destination: String) throws {
    self.destination = destination
    try makeFolders(above: destination)
    let path = destination + Self.suffix
    while true {
      // Its name must be known beforehand, to go on with it: a link there is not ours to follow.
      let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
      let descriptor = unsafe open(path, flags, 0o644)
      guard descriptor >= 0 else { throw SplitpipeError.cannotKeep(path, errno) }
      do {
        if let size = try Self.lock(descriptor, path) {
          self.descriptor = descriptor
          self.size = size
          return
        }
      } catch {
        close(descriptor)
        throw error
      }
      close(descriptor)
    }
  }

  deinit { close(descriptor) }

  /// Locks an open part and returns its size; nil where it lost its name meanwhile, because another
  /// process finished it.
  private static func lock(_ descriptor: Int32, _ path: String) throws -> Int? {
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
      throw SplitpipeError(
        .unavailable,
        "\"\(path)\" is being filled by another splitpipe; wait until it is done or stop it")
    }
    var opened = stat()
    var named = stat()
    guard unsafe fstat(descriptor, &opened) == 0 else {
      throw SplitpipeError.cannotKeep(path, errno)
    }
    guard opened.st_mode & S_IFMT == S_IFREG else {
      throw SplitpipeError(
        .cannotWrite, "cannot write \"\(path)\": expected a file, found a device or a pipe")
    }
    guard unsafe stat(path, &named) == 0, named.st_ino == opened.st_ino else { return nil }
    return Int(opened.st_size)
  }

  /// Adds bytes at the end.
  func append(_ bytes: Span<UInt8>) throws {
    guard lseek(descriptor, off_t(size), SEEK_SET) >= 0 else {
      throw SplitpipeError.cannotKeep(path, errno)
    }
    let problem = writeAll(bytes, to: descriptor)
    guard problem == 0 else { throw SplitpipeError.cannotKeep(path, problem) }
    size += bytes.count
  }

  /// Drops every byte and the record of whose they were.
  func empty() throws {
    guard ftruncate(descriptor, 0) == 0 else { throw SplitpipeError.cannotKeep(path, errno) }
    unsafe unlink(recordPath)
    size = 0
  }

  /// Gives the file its final name, once its bytes are on the disk.
  func finish() throws {
    guard fsync(descriptor) == 0, unsafe rename(path, destination) == 0 else {
      throw SplitpipeError.cannotKeep(destination, errno)
    }
    unsafe unlink(recordPath)
  }

  /// Removes the part and its record.
  func remove() {
    unsafe unlink(path)
    unsafe unlink(recordPath)
  }
}

/// Makes every missing folder on the way to a file.
private func makeFolders(above path: String) throws {
  let names = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
  var folder = ""
  for name in names {
    folder += name + "/"
    guard folder != "/", unsafe mkdir(folder, 0o755) != 0, errno != EEXIST else { continue }
    let code = errno
    var status = stat()
    // On the way there may be folders that cannot be written and need not be.
    guard unsafe stat(folder, &status) != 0 else { continue }
    throw SplitpipeError.cannotKeep(folder, code)
  }
}

extension SplitpipeError {
  /// A file of the store that the system refuses, with its reason.
  fileprivate static func cannotKeep(_ path: String, _ code: Int32) -> SplitpipeError {
    SplitpipeError(
      .cannotWrite,
      "cannot write \"\(path)\": \(systemReason(code)); make room and check its permissions, or set "
        + "XDG_CACHE_HOME to another folder")
  }
}
