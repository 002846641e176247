/// How much a link holds between its two ends before sending has to wait.
package struct LinkCapacity: Sendable, Equatable {
  /// Packets, at least 1.
  package let packets: Int
  /// Bytes of all of them; a single larger packet still passes while nothing else is held.
  package let bytes: Int

  /// - Precondition: `packets` is at least 1 and `bytes` not negative.
  package init(packets: Int = 2, bytes: Int = 16 << 20) {
    precondition(packets >= 1 && bytes >= 0, "a link holds at least one packet")
    self.packets = packets
    self.bytes = bytes
  }
}
