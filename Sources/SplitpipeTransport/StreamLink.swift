import Glibc
import SplitpipeConcurrency
package import SplitpipeCore

/// A link over connected stream sockets: each packet behind its length (`PacketFraming`).
///
/// Sending and receiving block on a thread each, never on the shared pool. What is under way is
/// bounded by the system's socket buffers, so a packet larger than those is sent only while the
/// other side receives. A cancelled receive loses nothing; a send cancelled inside a packet ends
/// the link, because the rest of the packet can no longer follow.
package final class StreamLink: PacketLink {
  private let sender: StreamSender
  private let receiver: StreamReceiver
  package let description: String

  /// Takes over two socket descriptors, which may be halves of different connections.
  ///
  /// - Parameters:
  ///   - input: the socket to receive from.
  ///   - output: the socket to send to; another descriptor than `input`.
  ///   - limit: the most bytes of a packet.
  ///   - description: what reports call the link.
  /// - Throws: unavailable if the system has no thread or descriptor left.
  package init(
    input: Int32, output: Int32, limit: Int, description: String
  ) throws(SplitpipeError) {
    let source: StreamSocket
    do {
      source = try StreamSocket(adopting: input)
    } catch {
      close(output)
      throw error
    }
    let sink = try StreamSocket(adopting: output)
    receiver = try StreamReceiver(source, limit: limit)
    sender = try StreamSender(sink, limit: limit)
    self.description = description
  }

  /// A link to oneself over a pair of UNIX sockets: every byte passes through the kernel.
  ///
  /// - Throws: unavailable if the system has no descriptor or thread left.
  package static func loopback(limit: Int) throws(SplitpipeError) -> StreamLink {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      throw .system("create a pair of sockets", errno)
    }
    return try StreamLink(
      input: ends[0], output: ends[1], limit: limit, description: "UNIX sockets")
  }

  /// - Throws: `CancellationError`; bad data for a packet over the limit; unavailable if the other
  ///   side has gone; a bug after `finish()`.
  package func send(_ bytes: [UInt8]) async throws {
    try await withTaskCancellationHandler {
      try await sender.send(bytes)
    } onCancel: {
      sender.interrupt()
    }
  }

  /// - Throws: `CancellationError`; bad data for a packet over the limit; unavailable if the stream
  ///   ends inside a packet.
  package func receive() async throws -> [UInt8]? {
    try await withTaskCancellationHandler {
      try await receiver.receive()
    } onCancel: {
      receiver.interrupt()
    }
  }

  package func finish() async { await sender.finish() }

  /// Calls that wait for the other side at this moment.
  var waiting: ChannelWaiting {
    ChannelWaiting(senders: sender.isWaiting ? 1 : 0, receivers: receiver.isWaiting ? 1 : 0)
  }
}

/// The sending half, on a thread of its own.
private actor StreamSender {
  private let thread: WorkThread
  nonisolated private let socket: StreamSocket
  private let limit: Int
  private var ended: SplitpipeError?

  init(_ socket: consuming StreamSocket, limit: Int) throws(SplitpipeError) {
    self.socket = socket
    self.limit = limit
    thread = try WorkThread()
  }

  deinit { thread.stop() }

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe thread.asUnownedSerialExecutor()
  }

  nonisolated func interrupt() { socket.interrupt() }

  nonisolated var isWaiting: Bool { socket.isWaiting }

  func send(_ packet: [UInt8]) throws {
    try Task.checkCancellation()
    if let ended { throw ended }
    let bytes = try PacketFraming.framed(packet, limit: limit)
    var rest = bytes[...]
    do {
      while !rest.isEmpty { rest = rest.dropFirst(try socket.write(rest)) }
    } catch {
      if rest.count < bytes.count || !(error is CancellationError) {
        ended = .linkBroken
        socket.endOutput()
      }
      throw error
    }
  }

  func finish() {
    guard ended == nil else { return }
    ended = .sentAfterFinish
    socket.endOutput()
  }
}

/// The receiving half, on a thread of its own.
private actor StreamReceiver {
  private let thread: WorkThread
  nonisolated private let socket: StreamSocket
  private var reader: PacketFraming.Reader
  private var pending: ArraySlice<UInt8> = []
  private var failure: SplitpipeError?

  init(_ socket: consuming StreamSocket, limit: Int) throws(SplitpipeError) {
    self.socket = socket
    reader = PacketFraming.Reader(limit: limit)
    thread = try WorkThread()
  }

  deinit { thread.stop() }

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe thread.asUnownedSerialExecutor()
  }

  nonisolated func interrupt() { socket.interrupt() }

  nonisolated var isWaiting: Bool { socket.isWaiting }

  func receive() throws -> [UInt8]? {
    try Task.checkCancellation()
    if let failure { throw failure }
    do {
      while true {
        if let packet = try reader.next(from: &pending) { return packet }
        // More than one packet may come at once, and a large one comes in pieces.
        pending = try socket.read(limit: min(max(reader.needed, 1 << 14), 1 << 18))[...]
        if pending.isEmpty {
          try reader.end()
          return nil
        }
      }
    } catch let error as SplitpipeError {
      failure = error
      throw error
    }
  }
}

extension SplitpipeError {
  fileprivate static let linkBroken = SplitpipeError(
    .unavailable, "the connection is closed: an earlier packet could not be sent whole")
}
