public import SplitpipeCore

/// Turns the tensors of one frame after another into packets; one per sender and run.
public struct FrameEncoder: Sendable {
  /// The codec and the bit depth.
  public let settings: CodecSettings
  /// Names model and split in every key.
  public let fingerprint: CutFingerprint
  private let tensorCoder: (any TensorCoder)?
  private var frameCoder: (any FrameCodesEncoder)?
  private var sequence: UInt32 = 0
  /// The frame coded last, which a delta may lean on.
  private var base: Base?

  private struct Base {
    let sequence: UInt32
    let index: Int
    let sizes: FrameSizes?
    let shapes: [Shape]
    let ranges: [[CodeRange]]
  }

  /// Starts with packet 0.
  public init(settings: CodecSettings, fingerprint: CutFingerprint) {
    self.settings = settings
    self.fingerprint = fingerprint
    tensorCoder = settings.coder
  }

  /// Codes quantized tensors, given in the order of the cut.
  ///
  /// A delta is made where the codec has them and the frame it is to lean on is the one coded last,
  /// of the same shapes and kinds of range; any other frame becomes a key.
  ///
  /// - Parameters:
  ///   - stamp: the frame's index and time.
  ///   - sizes: those of the picture and of the network's input; nil where there is no picture.
  ///   - tensors: the frame's codes.
  ///   - dependency: what the frame may lean on.
  /// - Returns: the packet.
  /// - Throws: a bug if the tensors have another bit depth than the settings, or if the frame may
  ///   lean on one of other sizes; bad data if no packet can hold tensors or sizes.
  public mutating func encode(
    stamp: FrameStamp, sizes: FrameSizes? = nil, tensors: [QuantizedTensor],
    dependency: FrameDependency = .key
  ) throws(SplitpipeError) -> Packet {
    let layout = RangeLayout.of(tensors)
    guard settings.bits.isQuantized,
      tensors.allSatisfy({
        $0.bits == settings.bits && $0.ranges.count == layout.count($0.shape)
      })
    else {
      throw SplitpipeError(
        .bug, "an encoder for \(settings) was given tensors of another bit depth or kind of range")
    }
    let header = try keyHeader(stamp, sizes, tensors.map(\.shape))
    if let tensorCoder {
      return packet(stamp, header, layout, .tensors(tensors.map(tensorCoder.encode)))
    }
    let base = usableBase(dependency, tensors)
    guard base.map({ $0.sizes == sizes }) ?? true else {
      throw SplitpipeError(
        .bug, "frame \(stamp.index) was to lean on one of other sizes: it had to be a key frame")
    }
    let ranges = tensors.map(\.ranges)
    let keepsRanges = base?.ranges == ranges
    var payload: [UInt8] = []
    if !keepsRanges { for tensor in tensors { payload += RangePrefix.bytes(tensor) } }
    payload += try codes(of: tensors, isDelta: base != nil)
    self.base = Base(
      sequence: sequence, index: stamp.index, sizes: sizes, shapes: header.shapes, ranges: ranges)
    return packet(
      stamp, header, layout, .joined(payload), base: base?.sequence, keepsRanges: keepsRanges)
  }

  private mutating func codes(
    of tensors: [QuantizedTensor], isDelta: Bool
  ) throws(SplitpipeError) -> [UInt8] {
    if frameCoder == nil { frameCoder = try settings.makeFrameEncoder() }
    guard var coder = frameCoder else {
      throw SplitpipeError(.bug, "codec \(settings.codec.rawValue) codes no frames")
    }
    // Only one owner, so that the coder's memory is changed in place; none if it fails.
    frameCoder = nil
    base = nil
    let bytes = try coder.encode(tensors, isDelta: isDelta)
    frameCoder = coder
    return bytes
  }

  /// Sends the float32 values themselves, in the order of the cut.
  ///
  /// - Parameters:
  ///   - stamp: the frame's index and time.
  ///   - sizes: those of the picture and of the network's input; nil where there is no picture.
  ///   - frontier: the frame's values.
  /// - Returns: the packet, a key.
  /// - Throws: a bug if the settings say that codes are sent; bad data if no packet can hold tensors
  ///   or sizes.
  public mutating func encode(
    stamp: FrameStamp, sizes: FrameSizes? = nil, frontier: Frontier
  ) throws(SplitpipeError) -> Packet {
    guard !settings.bits.isQuantized else {
      throw SplitpipeError(.bug, "an encoder for \(settings) was given unquantized tensors")
    }
    let header = try keyHeader(stamp, sizes, frontier.tensors.map(\.tensor.shape))
    let floats = FloatCoder()
    return packet(
      stamp, header, .tensor, .tensors(frontier.tensors.map { floats.encode($0.tensor) }))
  }

  /// The frame that a delta can lean on; nil where there is to be a key.
  private func usableBase(_ dependency: FrameDependency, _ tensors: [QuantizedTensor]) -> Base? {
    guard settings.codec.isTemporal, case .delta(let index) = dependency,
      let base, base.index == index, base.sequence < sequence,
      base.shapes == tensors.map(\.shape),
      base.ranges.map(\.count) == tensors.map(\.ranges.count)
    else { return nil }
    return base
  }

  /// What a key tells of these tensors, once a packet is known to hold them.
  private func keyHeader(
    _ stamp: FrameStamp, _ sizes: FrameSizes?, _ shapes: [Shape]
  ) throws(SplitpipeError) -> Packet.KeyHeader {
    guard stamp.index >= 0, stamp.seconds.isFinite else {
      throw SplitpipeError(.bug, "frame \(stamp.index) has the time \(stamp.seconds)")
    }
    guard PacketLimits().allow(shapes) else { throw .tooLarge(stamp, shapes) }
    guard PacketLimits().allow(sizes) else { throw .impossible(sizes, of: stamp) }
    return Packet.KeyHeader(fingerprint: fingerprint, sizes: sizes, shapes: shapes)
  }

  private mutating func packet(
    _ stamp: FrameStamp, _ header: Packet.KeyHeader, _ ranges: RangeLayout,
    _ contents: Packet.Contents, base: UInt32? = nil, keepsRanges: Bool = false
  ) -> Packet {
    defer { sequence &+= 1 }
    return Packet(
      settings: settings, dependency: base.map { .delta(from: $0) } ?? .key, sequence: sequence,
      stamp: stamp, keyHeader: base == nil ? header : nil,
      ranges: ranges, keepsRanges: keepsRanges, contents: contents)
  }
}

extension RangeLayout {
  /// By channel if a tensor has more than one range.
  static func of(_ tensors: [QuantizedTensor]) -> RangeLayout {
    tensors.contains { $0.ranges.count > 1 } ? .channel : .tensor
  }
}

extension SplitpipeError {
  fileprivate static func tooLarge(_ stamp: FrameStamp, _ shapes: [Shape]) -> SplitpipeError {
    let limits = PacketLimits()
    let found = shapes.map(\.description).joined(separator: ", ")
    return SplitpipeError(
      .badData,
      "cannot send the \(shapes.count) tensors of frame \(stamp.index) (\(found)): a packet has 1 to "
        + "\(limits.maximumTensors) tensors of rank 1 to \(limits.maximumRank), and at most "
        + "\(limits.maximumCoefficients) values; choose another split")
  }

  fileprivate static func impossible(_ sizes: FrameSizes?, of stamp: FrameStamp) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "cannot send frame \(stamp.index) of size \(sizes.map(\.description) ?? "none"): expected 1 to "
        + "\(PacketLimits().maximumSide) pixels a side")
  }
}
