public import SplitpipeCodec
public import SplitpipeCore
import SplitpipeModel

/// The tensors of one frame as they arrived.
public struct RestoredFrame: Sendable {
  /// When the frame was shown at the sender.
  public let stamp: FrameStamp
  /// In the order of the cut, under the names of this side's model.
  public let frontier: Frontier
  /// The codes they were restored from; nil at 32 bits.
  public let codes: [QuantizedTensor]?
  /// How the sender's picture lay in the network's input.
  public let letterbox: Letterbox
  /// The number of its packet.
  public let sequence: UInt32
}

/// Why a packet was not used. It changed nothing: the next key frame is as good as if it had not
/// come.
public struct PacketRefusal: Sendable, Equatable {
  /// What kept it from being used.
  public let reason: FrameDecoder.Refusal
  /// What a person reads.
  public let sentence: String
}

/// What came of one packet.
public enum Restored: Sendable {
  /// The tensors of a frame.
  case frame(RestoredFrame)
  /// The packet is of no use, and a key frame has been asked for.
  case refused(PacketRefusal)
}

/// Reads packets back into tensors; one per receiver and run.
///
/// What a packet needs besides itself comes from the packets before it and from this side's model:
/// sizes of picture and input travel in key frames. A packet that cannot be used is refused and a
/// key frame asked for, once for all that are lost with it.
public struct RestoreStep: Sendable {
  private let model: SplitModel
  private var decoder: FrameDecoder
  private let request: KeyRequest
  private let assumed: FrameSizes?
  /// Those of the last packet used, which deltas have too.
  private var sizes: FrameSizes?
  /// Whether a key frame was asked for and none has come.
  private var isWaitingForKey = false

  /// - Parameters:
  ///   - model: cut where the sender cuts it.
  ///   - request: takes the wish for a key frame to the sender.
  ///   - assumed: sizes of packets that do not say them: those of versions 1 and 2.
  ///   - limits: what is taken in one packet.
  public init(
    _ model: SplitModel, request: KeyRequest = KeyRequest(), assuming assumed: FrameSizes? = nil,
    limits: PacketLimits = PacketLimits()
  ) {
    self.model = model
    self.request = request
    self.assumed = assumed
    decoder = FrameDecoder(fingerprint: model.fingerprint, limits: limits)
  }

  /// Packets that never came, as the sequence numbers of those that did show.
  public var missing: Int { decoder.missing }

  /// Restores the tensors of a packet.
  ///
  /// - Parameter bytes: whatever came over the link.
  /// - Returns: the tensors, or why the packet is of no use.
  /// - Throws: only what is no fault of the packet's: a model that cannot be cut at its input size.
  public mutating func restore(_ bytes: [UInt8]) throws -> Restored {
    let packet: Packet
    let letterbox: Letterbox
    do throws(SplitpipeError) {
      packet = try Packet(parsing: bytes, limits: decoder.limits)
    } catch { return .refused(refuse(.unreadable, error)) }
    do throws(SplitpipeError) {
      letterbox = try self.letterbox(of: packet)
    } catch { return .refused(refuse(reason(packet), error)) }
    let expected = try model.crossing(at: letterbox.input)
    do throws(SplitpipeError) {
      let decoded = try decoder.decode(packet, expecting: expected)
      isWaitingForKey = false
      sizes = letterbox.sizes
      return .frame(
        RestoredFrame(
          stamp: decoded.stamp, frontier: decoded.frontier, codes: decoded.quantized,
          letterbox: letterbox, sequence: packet.sequence))
    } catch { return .refused(refuse(decoder.refusal ?? .unreadable, error)) }
  }

  /// How the sender's picture lay in the network's input.
  private func letterbox(of packet: Packet) throws(SplitpipeError) -> Letterbox {
    let said = packet.dependency == .key ? packet.keyHeader?.sizes ?? assumed : sizes
    guard let said else { throw .withoutSizes(packet) }
    let letterbox = Letterbox(frame: said.source, geometry: model.whole.geometry)
    guard letterbox.input == said.input else { throw .otherInput(packet, said, letterbox.input) }
    return letterbox
  }

  /// A delta that comes before any key frame was used lacks its base; all else is the packet's own
  /// fault.
  private func reason(_ packet: Packet) -> FrameDecoder.Refusal {
    if case .delta(let base) = packet.dependency { .missingBase(base) } else { .unreadable }
  }

  /// Asks for a key frame: once for a packet that is damaged, never again for those that lean on it.
  private mutating func refuse(
    _ reason: FrameDecoder.Refusal, _ error: SplitpipeError
  ) -> PacketRefusal {
    if reason == .unreadable || !isWaitingForKey { request.request() }
    isWaitingForKey = true
    return PacketRefusal(reason: reason, sentence: error.message)
  }
}

extension SplitpipeError {
  fileprivate static func withoutSizes(_ packet: Packet) -> SplitpipeError {
    let what = "packet \(packet.sequence) (frame \(packet.stamp.index))"
    guard packet.dependency == .key else {
      return SplitpipeError(
        .badData, "\(what) is a change to one that was not received; ask the sender for a key frame"
      )
    }
    return SplitpipeError(
      .badData, "\(what) does not say the sizes of picture and input; use a sender of version 3")
  }

  fileprivate static func otherInput(
    _ packet: Packet, _ found: FrameSizes, _ expected: PixelSize
  ) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "packet \(packet.sequence) (frame \(packet.stamp.index)) holds a picture of \(found.source) "
        + "in an input of \(found.input), expected \(expected); use the same model on both sides")
  }
}
