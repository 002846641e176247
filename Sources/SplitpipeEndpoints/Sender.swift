public import SplitpipeCodec
public import SplitpipeCore

/// One frame on its way to the other side.
public struct SentFrame: Sendable {
  /// When the frame is shown.
  public let stamp: FrameStamp
  /// What travels.
  public let packet: Packet
  /// The codes in the packet.
  public let quantized: QuantizedFrame
  /// The values it stands for.
  public let frontier: Frontier
  /// What the network saw.
  public let input: PreparedInput
}

/// The device's side of a cut: frame in, packet out.
///
/// The steps are those that a pipeline runs one by one: prepare, head, quantize, encode.
public struct Sender: Sendable {
  private let model: SplitModel
  private let preparer: any FramePreparer
  private var quantize: QuantizeStep
  private var encode: EncodeStep

  /// - Parameters:
  ///   - model: the network, of which only the head is compiled.
  ///   - preparer: makes its input.
  ///   - settings: how tensors become packets.
  ///   - request: carries the receiver's wish for a key frame.
  /// - Throws: nothing that settings which exist can cause.
  public init(
    _ model: SplitModel, preparer: any FramePreparer, settings: CodingSettings,
    request: KeyRequest = KeyRequest()
  ) throws(SplitpipeError) {
    self.model = model
    self.preparer = preparer
    quantize = try QuantizeStep(settings, request: request)
    encode = EncodeStep(settings.codec, fingerprint: model.fingerprint)
  }

  /// Makes the packet of the next frame.
  ///
  /// - Parameter frame: its index is greater than that of the frame before.
  /// - Returns: the packet, and what became of the frame on the way.
  /// - Throws: what preparing and running throw; `badData` for values that cannot be quantized or
  ///   tensors that no packet can hold.
  public mutating func send(_ frame: Frame) throws -> SentFrame {
    let input = try preparer.prepare(frame)
    let frontier = try model.runHead(input)
    let sizes = input.letterbox.sizes
    let quantized = try quantize.quantize(frontier, of: frame.stamp, sizes: sizes)
    let packet = try encode.encode(quantized, frontier: frontier, of: frame.stamp, sizes: sizes)
    return SentFrame(
      stamp: frame.stamp, packet: packet, quantized: quantized, frontier: frontier, input: input)
  }
}
