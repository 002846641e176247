/// How tensors become packets: what a sender is told, and a receiver reads from the packets.
package struct CodingSettings: Sendable, Hashable {
  package var codec: CodecSettings
  /// How values become codes; of no meaning at 32 bits.
  package var quantizer: QuantizerSettings
  /// Frames from one key frame to the next at the latest, from 1.
  package var keyInterval: Int

  package init(
    codec: CodecSettings, quantizer: QuantizerSettings = .paper,
    keyInterval: Int = KeySchedule.usualInterval
  ) {
    self.codec = codec
    self.quantizer = quantizer
    self.keyInterval = keyInterval
  }
}
