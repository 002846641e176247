import SplitpipeCodec
import SplitpipeCore

/// One way to cross a cut, with what its quantizer and its codecs remember from frame to frame.
struct CutStream {
  /// What became of one frame.
  struct Crossed {
    /// The tensors as the receiver has them.
    var arrived: Frontier
    /// Bytes on the wire by codec.
    var bytes: [Int]
    /// Values that lay outside their range.
    var clamped: Int
  }

  private struct Line {
    let settings: CodecSettings
    var encoder: FrameEncoder
    var decoder: FrameDecoder
  }

  private var schedule: KeySchedule
  /// nil where float32 values travel.
  private var quantizer: FrameQuantizer?
  private var lines: [Line]

  /// - Parameters:
  ///   - setting: how tensors cross.
  ///   - fingerprint: of the cut.
  /// - Throws: a usage error where codec and bit depth do not go together.
  init(_ setting: SweepUnit.Setting, fingerprint: CutFingerprint) throws {
    lines = try setting.codecs.map { codec in
      let settings = try CodecSettings(codec: codec, bits: setting.depth)
      return Line(
        settings: settings, encoder: FrameEncoder(settings: settings, fingerprint: fingerprint),
        decoder: FrameDecoder(fingerprint: fingerprint))
    }
    guard let deciding = setting.decidingCodec else {
      throw SplitpipeError(.bug, "a unit without a codec")
    }
    schedule = KeySchedule(
      codec: try CodecSettings(codec: deciding, bits: setting.depth),
      quantizer: setting.quantizer, interval: setting.keyInterval)
    quantizer =
      setting.depth.isQuantized
      ? try FrameQuantizer(settings: setting.quantizer, bits: setting.depth) : nil
  }

  /// Sends the tensors of one frame through every codec and compares what each gives back.
  ///
  /// - Parameters:
  ///   - sent: the tensors that count.
  ///   - stamp: the frame's index and time.
  ///   - clock: what is told where the time went.
  /// - Returns: what arrived.
  /// - Throws: `badData` for values that cannot be quantized, a bug where a codec gives other codes
  ///   back than it was given.
  mutating func send(
    _ sent: Frontier, stamp: FrameStamp, clock: SweepClock
  ) throws -> Crossed {
    let dependency = schedule.dependency(for: sent, of: stamp)
    let clampedBefore = quantizer?.clamped ?? 0
    let codes = try clock.time("quantize") { try quantizer?.quantize(sent, as: dependency) }
    let descriptions = sent.tensors.map {
      TensorDescription(name: $0.name, shape: $0.tensor.shape)
    }
    var bytes: [Int] = []
    var arrived: Frontier?
    for index in lines.indices {
      let wire = try clock.time("encode") {
        let packet =
          if let codes {
            try lines[index].encoder.encode(stamp: stamp, tensors: codes, dependency: dependency)
          } else {
            try lines[index].encoder.encode(stamp: stamp, frontier: sent)
          }
        return packet.serialized()
      }
      bytes.append(wire.count)
      let decoded = try clock.time("decode") {
        try lines[index].decoder.decode(wire, expecting: descriptions)
      }
      guard decoded.quantized == codes else {
        throw SplitpipeError(
          .bug, "codec \(lines[index].settings) gave other codes back than it was given")
      }
      arrived = arrived ?? decoded.frontier
    }
    guard let arrived else { throw SplitpipeError(.bug, "a unit without a codec") }
    return Crossed(
      arrived: arrived, bytes: bytes, clamped: (quantizer?.clamped ?? 0) - clampedBefore)
  }
}
