import Glibc
import SplitpipeConcurrency
import SplitpipeCore
import Synchronization

/// One direction of a connected stream socket, whose waits end early when the task is cancelled.
struct StreamSocket: ~Copyable, Sendable {
  private let descriptor: Int32
  private let wake: WakeSignal
  private let waits = Atomic<Bool>(false)

  /// Takes the descriptor over, also when it throws.
  init(adopting descriptor: Int32) throws(SplitpipeError) {
    do {
      wake = try WakeSignal()
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Whether a call waits for the other side at this moment.
  var isWaiting: Bool { waits.load(ordering: .relaxed) }

  /// Makes a waiting call look at whether its task is cancelled.
  func interrupt() { wake.raise() }

  /// Sends some of the bytes, waiting until at least one can be sent.
  ///
  /// - Throws: `CancellationError`, or unavailable if the other side has gone.
  func write(_ bytes: ArraySlice<UInt8>) throws -> Int {
    while true {
      try waitUntilReady(POLLOUT)
      let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
      let count = unsafe bytes.withUnsafeBytes {
        unsafe send(descriptor, $0.baseAddress, $0.count, flags)
      }
      if count > 0 { return count }
      guard count < 0, [EAGAIN, EINTR].contains(errno) else {
        throw SplitpipeError.system("send to the other side", errno)
      }
    }
  }

  /// Receives up to `limit` bytes, waiting for at least one; none at the end of the stream.
  ///
  /// - Throws: `CancellationError`, or unavailable if the connection broke.
  func read(limit: Int) throws -> [UInt8] {
    while true {
      try waitUntilReady(POLLIN)
      var failure: Int32?
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
        let received = unsafe recv(
          descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
        failure = received < 0 ? errno : nil
        count = max(0, received)
      }
      guard let failure else { return bytes }
      guard [EAGAIN, EINTR].contains(failure) else {
        throw SplitpipeError.system("receive from the other side", failure)
      }
    }
  }

  /// Tells the other side that nothing more is sent.
  func endOutput() { shutdown(descriptor, Int32(SHUT_WR)) }

  private func waitUntilReady(_ event: Int32) throws {
    defer { waits.store(false, ordering: .relaxed) }
    // Looks first without waiting, so that `isWaiting` is true only of a call that has to.
    var timeout: Int32 = 0
    while true {
      try Task.checkCancellation()
      var polled = [
        pollfd(fd: descriptor, events: Int16(event), revents: 0),
        pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let ready = unsafe poll(&polled, nfds_t(polled.count), timeout)
      if ready < 0 {
        guard errno == EINTR else { throw SplitpipeError.system("wait for the other side", errno) }
      } else if ready == 0 {
        waits.store(true, ordering: .relaxed)
        timeout = -1
      } else if polled[1].revents != 0 {
        wake.take()
      } else {
        return
      }
    }
  }
}
