public import SplitpipeCore

/// A frame's tensors as the receiver has them.
public struct DecodedFrame: Sendable, Equatable {
  /// The frame's index and time.
  public let stamp: FrameStamp
  /// The sizes its boxes are mapped by, which a delta has of its key; nil where none were sent, as
  /// in versions 1 and 2.
  public let sizes: FrameSizes?
  /// The tensors under the names that were expected, values restored.
  public let frontier: Frontier
  /// The codes the frontier was restored from; nil where float32 values travelled.
  public let quantized: [QuantizedTensor]?
}

/// Turns one packet after another back into tensors; one per receiver and run.
///
/// What it remembers changes only with a packet that is accepted as a whole.
public struct FrameDecoder: Sendable {
  /// Why the last packet was refused.
  public enum Refusal: Sendable, Equatable {
    /// It leans on the packet with this sequence number, which is not the one accepted last: a key
    /// frame is needed.
    case missingBase(UInt32)
    /// It is no packet for this receiver, or damaged.
    case unreadable
  }

  /// The model and split whose packets are read.
  public let fingerprint: CutFingerprint
  /// What a packet may hold at most.
  public let limits: PacketLimits
  /// Packets lost or refused, as the sequence numbers of those accepted show.
  public private(set) var missing = 0
  /// Why the last packet was refused; nil if it was accepted.
  public private(set) var refusal: Refusal?
  private var nextSequence: UInt32?
  private var base: Base?
  /// Remembers the frame that `base` tells of.
  private var frameCoder: (any FrameCodesDecoder)?

  /// What a delta leans on.
  private struct Base {
    let sequence: UInt32
    let codec: UInt8
    let bits: BitDepth
    let sizes: FrameSizes?
    let shapes: [Shape]
    let layout: RangeLayout
    let ranges: [[CodeRange]]
  }

  /// Starts without a packet before.
  public init(fingerprint: CutFingerprint, limits: PacketLimits = PacketLimits()) {
    self.fingerprint = fingerprint
    self.limits = limits
  }

  /// Parses the bytes of a packet and restores its tensors.
  ///
  /// - Parameters:
  ///   - bytes: one serialized packet.
  ///   - expected: names and shapes of the tensors that cross the cut, in its order.
  /// - Returns: the frame's tensors under those names.
  /// - Throws: bad data if the bytes are not a packet, or a packet of another cut or other shapes, or
  ///   a delta whose base is not the packet accepted last; `refusal` tells these apart.
  public mutating func decode(
    _ bytes: [UInt8], expecting expected: [TensorDescription]
  ) throws(SplitpipeError) -> DecodedFrame {
    refusal = .unreadable
    return try decode(try Packet(parsing: bytes, limits: limits), expecting: expected)
  }

  /// Restores the tensors of a packet; as `decode(_:expecting:)` of bytes.
  public mutating func decode(
    _ packet: Packet, expecting expected: [TensorDescription]
  ) throws(SplitpipeError) -> DecodedFrame {
    let unpacked = try accept(packet, expected)
    // What was accepted last is what a delta has its sizes of.
    let sizes = if let header = packet.keyHeader { header.sizes } else { base?.sizes }
    switch unpacked {
    case .codes(let tensors):
      return DecodedFrame(
        stamp: packet.stamp, sizes: sizes, frontier: Frontier(restoring: tensors),
        quantized: tensors)
    case .values(let frontier):
      return DecodedFrame(stamp: packet.stamp, sizes: sizes, frontier: frontier, quantized: nil)
    }
  }

  /// The codes of a packet, values not restored; nil where float32 values travelled.
  ///
  /// Otherwise as `decode(_:expecting:)`.
  public mutating func codes(
    of packet: Packet, expecting expected: [TensorDescription]
  ) throws(SplitpipeError) -> [QuantizedTensor]? {
    guard case .codes(let tensors) = try accept(packet, expected) else { return nil }
    return tensors
  }

  private enum Unpacked {
    case codes([QuantizedTensor])
    case values(Frontier)
  }

  private mutating func accept(
    _ packet: Packet, _ expected: [TensorDescription]
  ) throws(SplitpipeError) -> Unpacked {
    refusal = .unreadable
    if let header = packet.keyHeader {
      guard header.fingerprint == fingerprint else {
        throw .otherCut(packet, found: header.fingerprint, expected: fingerprint)
      }
      guard header.shapes == expected.map(\.shape) else {
        throw .otherShapes(packet, header.shapes, expected)
      }
    }
    let unpacked = try unpack(packet, expected)
    if let nextSequence, packet.sequence > nextSequence {
      missing += Int(packet.sequence - nextSequence)
    }
    nextSequence = packet.sequence &+ 1
    refusal = nil
    return unpacked
  }

  private mutating func unpack(
    _ packet: Packet, _ expected: [TensorDescription]
  ) throws(SplitpipeError) -> Unpacked {
    switch packet.contents {
    case .tensors(let payloads):
      guard let coder = packet.settings.coder else {
        return .values(try floats(payloads, expected))
      }
      var tensors: [QuantizedTensor] = []
      for (payload, tensor) in zip(payloads, expected) {
        tensors.append(
          try coder.decode(
            payload, of: tensor, bits: packet.settings.bits, ranges: packet.ranges))
      }
      // What a delta could have leaned on lies before this packet.
      forget()
      return .codes(tensors)
    case .joined(let payload):
      return .codes(try unpackFrame(packet, payload, expected))
    }
  }

  private mutating func floats(
    _ payloads: [[UInt8]], _ expected: [TensorDescription]
  ) throws(SplitpipeError) -> Frontier {
    var tensors: [NamedTensor] = []
    for (payload, tensor) in zip(payloads, expected) {
      tensors.append(try FloatCoder().decode(payload, of: tensor))
    }
    forget()
    return Frontier(tensors: tensors)
  }

  private mutating func unpackFrame(
    _ packet: Packet, _ payload: [UInt8], _ expected: [TensorDescription]
  ) throws(SplitpipeError) -> [QuantizedTensor] {
    let before = try baseOf(packet, expected)
    let (ranges, start) = try readRanges(packet, payload, expected, before)
    let codes = try codes(
      packet, payload[start...], of: expected, isDelta: before != nil)
    base = Base(
      sequence: packet.sequence, codec: packet.settings.codec.wireIdentifier,
      bits: packet.settings.bits, sizes: before.map(\.sizes) ?? packet.keyHeader?.sizes,
      shapes: expected.map(\.shape), layout: packet.ranges,
      ranges: ranges)
    return zip(expected, zip(ranges, codes)).map { tensor, coded in
      QuantizedTensor(
        name: tensor.name, shape: tensor.shape, bits: packet.settings.bits, ranges: coded.0,
        codes: coded.1)
    }
  }

  private mutating func codes(
    _ packet: Packet, _ payload: ArraySlice<UInt8>, of tensors: [TensorDescription], isDelta: Bool
  ) throws(SplitpipeError) -> [[UInt8]] {
    if base?.codec == packet.settings.codec.wireIdentifier, var coder = frameCoder {
      // Only one owner, so that the coder's memory is changed in place; what it refuses changes
      // nothing.
      frameCoder = nil
      defer { frameCoder = coder }
      return try coder.decode(payload, of: tensors, bits: packet.settings.bits, isDelta: isDelta)
    }
    guard !isDelta, var coder = try packet.settings.makeFrameDecoder() else {
      throw SplitpipeError(.bug, "no coder for the frames of \(packet.settings)")
    }
    let codes = try coder.decode(payload, of: tensors, bits: packet.settings.bits, isDelta: false)
    frameCoder = coder
    return codes
  }

  private mutating func forget() {
    base = nil
    frameCoder = nil
  }

  /// What a delta leans on; nil for a key.
  private mutating func baseOf(
    _ packet: Packet, _ expected: [TensorDescription]
  ) throws(SplitpipeError) -> Base? {
    guard case .delta(let sequence) = packet.dependency else { return nil }
    guard let base, base.sequence == sequence else {
      refusal = .missingBase(sequence)
      throw .missingBase(packet, sequence, held: base?.sequence)
    }
    guard base.shapes == expected.map(\.shape) else {
      throw .otherShapes(packet, base.shapes, expected)
    }
    guard base.codec == packet.settings.codec.wireIdentifier, base.bits == packet.settings.bits,
      base.layout == packet.ranges
    else { throw .badPacket("it is a delta, coded in another way than its base") }
    return base
  }

  private func readRanges(
    _ packet: Packet, _ payload: [UInt8], _ expected: [TensorDescription], _ before: Base?
  ) throws(SplitpipeError) -> (ranges: [[CodeRange]], start: Int) {
    if packet.keepsRanges, let before { return (before.ranges, 0) }
    var ranges: [[CodeRange]] = []
    var start = 0
    for tensor in expected {
      let read = try RangePrefix.read(payload, at: start, of: tensor, layout: packet.ranges)
      ranges.append(read.ranges)
      start = read.end
    }
    return (ranges, start)
  }
}

extension SplitpipeError {
  fileprivate static func otherCut(
    _ packet: Packet, found: CutFingerprint, expected: CutFingerprint
  ) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "frame \(packet.stamp.index) was sent for another model or split (fingerprint \(found), "
        + "expected \(expected)); use the same model and split on both sides")
  }

  fileprivate static func otherShapes(
    _ packet: Packet, _ shapes: [Shape], _ expected: [TensorDescription]
  ) -> SplitpipeError {
    let found = shapes.map(\.description).joined(separator: ", ")
    let wanted = expected.map { "\"\($0.name)\" \($0.shape)" }.joined(separator: ", ")
    return SplitpipeError(
      .badData, "frame \(packet.stamp.index) holds tensors \(found), expected \(wanted)")
  }

  fileprivate static func missingBase(
    _ packet: Packet, _ base: UInt32, held: UInt32?
  ) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "frame \(packet.stamp.index) (packet \(packet.sequence)) is a change to packet \(base), but "
        + (held.map { "the last one received is \($0)" } ?? "none has been received")
        + "; ask the sender for a key frame")
  }
}
