internal import Glibc
package import SplitpipeCore

/// A file that is written beside its place under a temporary name and appears whole or not at all.
///
/// A device or a pipe under the name is written to as it is: nothing can be renamed onto it.
package struct PendingFile: ~Copyable {
  package let path: String
  /// Where to write.
  package let workingPath: String
  private var isOpen = true

  private init(path: String, workingPath: String) {
    self.path = path
    self.workingPath = workingPath
  }

  /// Creates the empty temporary file, so that a place that cannot be written is known at once.
  ///
  /// - Parameter path: where the file is to appear.
  /// - Throws: `cannotWrite` with the system's reason.
  package init(_ path: String) throws(SplitpipeError) {
    let kind = try? FileKind(of: path)
    guard !path.isEmpty, !path.contains("\0"), !path.hasSuffix("/"), kind != .folder else {
      throw SplitpipeError(
        .cannotWrite, "cannot write \"\(path)\": it is a folder; give the name of a file")
    }
    if kind == .pipe || kind == .device || Self.isSystemLink(path) {
      guard unsafe access(systemPath(path), W_OK) == 0 else { throw .cannotWrite(path, errno) }
      self.init(path: path, workingPath: path)
      return
    }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.dropLast().map { $0 + "/" }.joined()
    let suffix = String(UInt32.random(in: .min ... .max), radix: 16)
    // Shortened, so that a name as long as the system takes leaves room for the additions.
    let start = String((parts.last ?? "").prefix(48))
    let workingPath = folder + "." + start + "." + suffix + ".part"
    let descriptor = unsafe open(
      systemPath(workingPath), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .cannotWrite(path, errno) }
    close(descriptor)
    self.init(path: path, workingPath: workingPath)
  }

  deinit {
    if isOpen, workingPath != path { unsafe unlink(systemPath(workingPath)) }
  }

  /// Gives the finished file its name.
  ///
  /// - Throws: `cannotWrite` with the system's reason; then nothing is left.
  package mutating func commit() throws(SplitpipeError) {
    guard isOpen else { return }
    isOpen = false
    guard workingPath != path else { return }
    guard unsafe rename(systemPath(workingPath), systemPath(path)) == 0 else {
      let code = errno
      unsafe unlink(systemPath(workingPath))
      throw .cannotWrite(path, code)
    }
  }

  /// Removes what was written so far.
  package mutating func discard() {
    if isOpen, workingPath != path { unsafe unlink(systemPath(workingPath)) }
    isOpen = false
  }

  /// Whether the path is one of the system's names for an open file, as `/dev/stdout` is: renamed
  /// onto, it would be lost for every program.
  private static func isSystemLink(_ path: String) -> Bool {
    guard path.hasPrefix("/dev/") || path.hasPrefix("/proc/") else { return false }
    var status = stat()
    return unsafe lstat(systemPath(path), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }
}
