import Glibc
import SplitpipeCore

/// A file that is written beside its place under a temporary name and appears whole or not at all.
///
/// A device or a pipe under the name is written to as it is: nothing can be renamed onto it.
struct PendingFile: ~Copyable {
  let path: String
  /// Where to write.
  let workingPath: String
  private var isOpen = true

  private init(path: String, workingPath: String) {
    self.path = path
    self.workingPath = workingPath
  }

  /// Creates the empty temporary file, so that a place that cannot be written is known at once.
  init(_ path: String) throws {
    var status = stat()
    let exists = unsafe stat(path, &status) == 0
    let isDevice = exists && status.st_mode & S_IFMT != S_IFREG
    guard !path.isEmpty, !path.contains("\0"), !path.hasSuffix("/"),
      !exists || status.st_mode & S_IFMT != S_IFDIR
    else {
      throw SplitpipeError(
        .cannotWrite, "cannot write \"\(path)\": it is a folder; give the name of a file")
    }
    guard !isDevice else {
      guard unsafe access(path, W_OK) == 0 else { throw SplitpipeError.cannotWrite(path, errno) }
      self.init(path: path, workingPath: path)
      return
    }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.dropLast().map { $0 + "/" }.joined()
    let suffix = String(UInt32.random(in: .min ... .max), radix: 16)
    let workingPath = folder + "." + (parts.last ?? "") + "." + suffix + ".part"
    let descriptor = unsafe open(workingPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw SplitpipeError.cannotWrite(path, errno) }
    close(descriptor)
    self.init(path: path, workingPath: workingPath)
  }

  deinit {
    if isOpen, workingPath != path { unsafe unlink(workingPath) }
  }

  /// Gives the finished file its name.
  mutating func commit() throws {
    guard isOpen else { return }
    isOpen = false
    guard workingPath != path else { return }
    guard unsafe rename(workingPath, path) == 0 else {
      let code = errno
      unsafe unlink(workingPath)
      throw SplitpipeError.cannotWrite(path, code)
    }
  }

  /// Removes what was written so far.
  mutating func discard() {
    if isOpen, workingPath != path { unsafe unlink(workingPath) }
    isOpen = false
  }
}

extension SplitpipeError {
  static func cannotWrite(_ path: String, _ code: Int32) -> SplitpipeError {
    let reason = unsafe String(cString: strerror(code))
    return .cannotWrite(path, reason: "\(reason) (\(code))")
  }

  static func cannotWrite(_ path: String, reason: String) -> SplitpipeError {
    SplitpipeError(
      .cannotWrite,
      "cannot write \"\(path)\": \(reason); check that the folder exists, is writable and has room")
  }
}
