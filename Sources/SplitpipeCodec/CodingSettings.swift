/// How tensors become packets: what a sender is told, and a receiver reads from the packets.
public struct CodingSettings: Sendable, Hashable {
  /// Codec and bit depth.
  public var codec: CodecSettings
  /// How values become codes; of no meaning at 32 bits.
  public var quantizer: QuantizerSettings
  /// Frames from one key frame to the next at the latest, from 1.
  public var keyInterval: Int

  /// Joins the settings.
  public init(
    codec: CodecSettings, quantizer: QuantizerSettings = .paper,
    keyInterval: Int = KeySchedule.usualInterval
  ) {
    self.codec = codec
    self.quantizer = quantizer
    self.keyInterval = keyInterval
  }
}
