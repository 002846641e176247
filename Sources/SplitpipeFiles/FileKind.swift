internal import Glibc
package import SplitpipeCore

/// What a path leads to, symbolic links followed.
package enum FileKind: Hashable, Sendable {
  case file(bytes: Int), folder, pipe
  /// A device or a socket.
  case device

  /// - Throws: `missingInput` where nothing is there or it may not be looked at.
  package init(of path: String) throws(SplitpipeError) {
    var status = stat()
    guard unsafe stat(systemPath(path), &status) == 0 else { throw .cannotOpen(path, errno) }
    self.init(status)
  }

  init(_ status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .file(bytes: Int(status.st_size))
    case S_IFDIR: self = .folder
    case S_IFIFO: self = .pipe
    default: self = .device
    }
  }
}
