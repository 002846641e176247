/// What one packet costs, and what it stands for.
package struct PacketCost: Sendable, Equatable {
  /// Float32 bytes of the tensors that cross.
  package let rawBytes: Int
  /// Bytes on the wire, header included.
  package let wireBytes: Int
  /// Whether it leans on no other.
  package let isKey: Bool
  /// Values that lay outside the range of their codes.
  package let clamped: Int

  package init(rawBytes: Int, wireBytes: Int, isKey: Bool, clamped: Int) {
    self.rawBytes = rawBytes
    self.wireBytes = wireBytes
    self.isKey = isKey
    self.clamped = clamped
  }
}
