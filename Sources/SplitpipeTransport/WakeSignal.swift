import Glibc
import SplitpipeConcurrency
import SplitpipeCore

/// A signal that any thread raises and one thread waits for, alone or with `poll`; a pipe.
struct WakeSignal: ~Copyable, Sendable {
  /// Readable while the signal is raised.
  let descriptor: Int32
  private let input: Int32

  /// - Throws: unavailable if the system has no descriptor left.
  init() throws(SplitpipeError) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw .system("create a pipe", errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // A full pipe is raised already; raising it again must not wait.
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    descriptor = ends[0]
    input = ends[1]
  }

  deinit {
    close(descriptor)
    close(input)
  }

  func raise() {
    var byte: UInt8 = 0
    _ = unsafe write(input, &byte, 1)
  }

  /// Waits until the signal is raised, and takes some of the raises back.
  func take() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while unsafe read(descriptor, &bytes, bytes.count) < 0, errno == EINTR {}
  }
}
