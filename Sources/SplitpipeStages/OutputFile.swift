internal import FoundationEssentials
internal import Glibc
package import SplitpipeCore
internal import Synchronization

/// A text file that appears under its name only when it is complete.
///
/// Bytes go to a temporary name beside the final one, which `finish` renames. A path that names a
/// device or a pipe is written directly.
package final class OutputFile: Sendable {
  private struct State {
    var descriptor: Int32
    var pending: [UInt8] = []
  }

  /// Bytes gathered before they are written.
  private static let bufferSize = 1 << 16

  package let path: String
  private let temporary: String?
  private let state: Mutex<State>

  /// Opens the output.
  ///
  /// - Parameter path: where the file is to appear.
  /// - Throws: `cannotWrite` with the system's reason.
  package init(_ path: String) throws {
    var information = stat()
    let exists = unsafe stat(path, &information) == 0
    let kind = information.st_mode & S_IFMT
    guard !exists || kind != S_IFDIR else {
      throw SplitpipeError(.cannotWrite, "cannot write \"\(path)\": it is a folder")
    }
    let direct = exists && kind != S_IFREG
    let opened = direct ? path : path + ".partial-\(getpid())"
    let descriptor = unsafe open(
      opened, O_WRONLY | O_CREAT | O_CLOEXEC | (direct ? 0 : O_TRUNC), 0o644)
    guard descriptor >= 0 else { throw SplitpipeError.cannotWrite(path, errno) }
    self.path = path
    temporary = direct ? nil : opened
    state = Mutex(State(descriptor: descriptor))
  }

  deinit { cancel() }

  /// Adds text.
  ///
  /// - Parameter text: what to add.
  /// - Throws: `cannotWrite` when the disk is full or gone.
  package func append(_ text: String) throws {
    try state.withLock { state in
      state.pending.append(contentsOf: text.utf8)
      if state.pending.count >= Self.bufferSize { try flush(&state) }
    }
  }

  /// Writes what is pending and gives the file its name.
  ///
  /// - Throws: `cannotWrite` when the disk is full or gone.
  package func finish() throws {
    try state.withLock { state in
      guard state.descriptor >= 0 else { return }
      try flush(&state)
      let status = close(state.descriptor)
      state.descriptor = -1
      guard status == 0 else { throw SplitpipeError.cannotWrite(path, errno) }
      if let temporary, unsafe rename(temporary, path) != 0 {
        throw SplitpipeError.cannotWrite(path, errno)
      }
    }
  }

  /// Gives up; nothing is left under either name unless `finish` succeeded.
  package func cancel() {
    state.withLock { state in
      guard state.descriptor >= 0 else { return }
      close(state.descriptor)
      state.descriptor = -1
      if let temporary { unsafe unlink(temporary) }
    }
  }

  private func flush(_ state: inout State) throws {
    var offset = 0
    while offset < state.pending.count {
      let written = unsafe state.pending.withUnsafeBytes { bytes in
        unsafe write(
          state.descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
      }
      if written < 0 {
        guard errno == EINTR else { throw SplitpipeError.cannotWrite(path, errno) }
      } else {
        offset += written
      }
    }
    state.pending.removeAll(keepingCapacity: true)
  }
}

extension SplitpipeError {
  /// An output the system refuses, with its reason.
  package static func cannotWrite(_ path: String, _ code: Int32) -> SplitpipeError {
    let reason = unsafe String(cString: strerror(code))
    return SplitpipeError(
      .cannotWrite, "cannot write \"\(path)\": \(reason); choose another place or free some space")
  }
}
