package import SplitpipeConcurrency
import SplitpipeCore

/// A link whose two ends are in this process: packets cross as bytes, through a bounded channel.
///
/// Any number of tasks may send and receive. A cancelled call throws `CancellationError` and leaves
/// the link as if it had not been made.
package final class InProcessLink: PacketLink {
  /// How much it holds.
  package let capacity: LinkCapacity
  private let channel: BoundedChannel<[UInt8]>

  /// A link with nothing on its way.
  package init(capacity: LinkCapacity = LinkCapacity()) {
    self.capacity = capacity
    channel = BoundedChannel(
      capacity: capacity.packets, weightLimit: capacity.bytes, weighing: \.count)
  }

  package var description: String { "in process" }

  /// Packets sent and not yet received.
  package var depth: Int { channel.depth }

  /// Calls that wait at this moment.
  package var waiting: ChannelWaiting { channel.waiting }

  /// Sends one packet; suspends while the link is full.
  ///
  /// - Throws: `CancellationError`; a bug if `finish()` was called before.
  package func send(_ bytes: [UInt8]) async throws { try await channel.send(bytes) }

  /// The next packet; nil once the sender has finished and all is delivered.
  ///
  /// - Throws: `CancellationError`.
  package func receive() async throws -> [UInt8]? { try await channel.receive() }

  package func finish() async { channel.finish() }
}
