package import SplitpipeCore
internal import Synchronization

/// A file that appears under its name only when it is complete.
///
/// A path that names a device or a pipe is written directly.
package final class OutputFile: Sendable {
  private struct State: ~Copyable {
    var file: PendingFile
    var writer: FileWriter
    var pending: [UInt8] = []
    var failure: SplitpipeError?
    var isDone = false
  }

  /// Bytes gathered before they are written.
  private static let bufferSize = 1 << 16

  package let path: String
  private let state: Mutex<State>

  /// Opens the output.
  ///
  /// - Parameter path: where the file is to appear.
  /// - Throws: `cannotWrite` with the system's reason.
  package init(_ path: String) throws(SplitpipeError) {
    let file = try PendingFile(path)
    let writer = try FileWriter(file.workingPath, name: path)
    self.path = path
    state = Mutex(State(file: file, writer: writer))
  }

  /// Adds text.
  ///
  /// - Parameter text: what to add.
  /// - Throws: `cannotWrite` when the disk is full or gone; what was written is then removed.
  package func append(_ text: String) throws(SplitpipeError) {
    try add(text.utf8)
  }

  /// Adds bytes.
  ///
  /// - Parameter bytes: what to add.
  /// - Throws: `cannotWrite` when the disk is full or gone; what was written is then removed.
  package func append(_ bytes: [UInt8]) throws(SplitpipeError) {
    try add(bytes)
  }

  private func add(_ bytes: some Collection<UInt8>) throws(SplitpipeError) {
    try state.withLock { (state) throws(SplitpipeError) in
      if let failure = state.failure { throw failure }
      precondition(!state.isDone, "nothing is appended after finish() or cancel()")
      state.pending.append(contentsOf: bytes)
      guard state.pending.count >= Self.bufferSize else { return }
      do throws(SplitpipeError) { try Self.flush(&state) } catch { throw Self.fail(&state, error) }
    }
  }

  /// Writes what is pending and gives the file its name.
  ///
  /// - Throws: `cannotWrite` when the disk is full or gone; what was written is then removed.
  package func finish() throws(SplitpipeError) {
    try state.withLock { (state) throws(SplitpipeError) in
      if let failure = state.failure { throw failure }
      guard !state.isDone else { return }
      state.isDone = true
      do throws(SplitpipeError) {
        try Self.flush(&state)
        try state.writer.close()
        try state.file.commit()
      } catch {
        throw Self.fail(&state, error)
      }
    }
  }

  /// Gives up; nothing is left under either name unless `finish` succeeded.
  package func cancel() {
    state.withLock { state in
      state.isDone = true
      Self.discard(&state)
    }
  }

  private static func flush(_ state: inout State) throws(SplitpipeError) {
    try state.writer.write(state.pending.span)
    state.pending.removeAll(keepingCapacity: true)
  }

  private static func fail(_ state: inout State, _ error: SplitpipeError) -> SplitpipeError {
    state.failure = error
    state.isDone = true
    discard(&state)
    return error
  }

  private static func discard(_ state: inout State) {
    state.pending = []
    // The file is given up: that it cannot be closed well makes no difference.
    try? state.writer.close()
    state.file.discard()
  }
}
