import SplitpipeCore
import Synchronization

/// A link whose two ends are in this process: packets cross as bytes, through a bounded queue.
///
/// Any number of tasks may send and receive. A cancelled call throws `CancellationError` and leaves
/// the link as if it had not been made.
package final class InProcessLink: PacketLink {
  package let capacity: LinkCapacity
  private let queue: Mutex<PacketQueue>

  package init(capacity: LinkCapacity = LinkCapacity()) {
    self.capacity = capacity
    queue = Mutex(PacketQueue(capacity: capacity))
  }

  package var description: String { "in process" }

  /// Packets sent and not yet received.
  package var depth: Int { queue.withLock { $0.depth } }

  /// Sends one packet; suspends while the link is full.
  ///
  /// - Throws: `CancellationError`; a bug if `finish()` was called before.
  package func send(_ bytes: [UInt8]) async throws {
    let ticket = queue.withLock { $0.takeTicket() }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (sender: PacketQueue.Sender) in
        queue.withLock {
          $0.send(bytes, ticket: ticket, isCancelled: Task.isCancelled, sender: sender)
        }.perform()
      }
    } onCancel: {
      cancel(ticket)
    }
  }

  /// The next packet; nil once the sender has finished and all is delivered.
  ///
  /// - Throws: `CancellationError`.
  package func receive() async throws -> [UInt8]? {
    let ticket = queue.withLock { $0.takeTicket() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (receiver: PacketQueue.Receiver) in
        queue.withLock {
          $0.receive(ticket: ticket, isCancelled: Task.isCancelled, receiver: receiver)
        }.perform()
      }
    } onCancel: {
      cancel(ticket)
    }
  }

  package func finish() async {
    queue.withLock { $0.finish() }.perform()
  }

  private func cancel(_ ticket: Int) {
    for action in queue.withLock({ $0.cancel(ticket: ticket) }) { action.perform() }
  }
}
