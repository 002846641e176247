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

  /// One codec, there and back.
  private struct Line {
    let codec: CodecSettings
    var encode: EncodeStep
    var decoder: FrameDecoder
  }

  private var quantize: QuantizeStep
  private var lines: [Line]

  /// - Parameters:
  ///   - setting: how tensors cross.
  ///   - fingerprint: of the cut.
  /// - Throws: a usage error where codec and bit depth do not go together.
  init(_ setting: SweepUnit.Setting, fingerprint: CutFingerprint) throws {
    lines = try setting.codecs.map { name in
      let codec = try CodecSettings(codec: name, bits: setting.depth)
      return Line(
        codec: codec, encode: EncodeStep(codec, fingerprint: fingerprint),
        decoder: FrameDecoder(fingerprint: fingerprint))
    }
    guard let deciding = setting.decidingCodec else {
      throw SplitpipeError(.bug, "a unit without a codec")
    }
    quantize = try QuantizeStep(
      CodingSettings(
        codec: CodecSettings(codec: deciding, bits: setting.depth), quantizer: setting.quantizer,
        keyInterval: setting.keyInterval))
  }

  /// Sends the tensors of one frame through every codec and compares what each gives back.
  ///
  /// - Parameters:
  ///   - sent: the tensors that count.
  ///   - stamp: the frame's index and time.
  ///   - sizes: of the picture and of the network's input.
  ///   - clock: what is told where the time went.
  /// - Returns: what arrived.
  /// - Throws: `badData` for values that cannot be quantized, a bug where a codec gives other codes
  ///   back than it was given.
  mutating func send(
    _ sent: Frontier, stamp: FrameStamp, sizes: FrameSizes, clock: SweepClock
  ) throws -> Crossed {
    let quantized = try clock.time("quantize") {
      try quantize.quantize(sent, of: stamp, sizes: sizes)
    }
    let descriptions = sent.tensors.map {
      TensorDescription(name: $0.name, shape: $0.tensor.shape)
    }
    var bytes: [Int] = []
    var arrived: Frontier?
    for index in lines.indices {
      let wire = try clock.time("encode") {
        try lines[index].encode.encode(quantized, frontier: sent, of: stamp, sizes: sizes)
          .serialized()
      }
      bytes.append(wire.count)
      let decoded = try clock.time("decode") {
        try lines[index].decoder.decode(wire, expecting: descriptions)
      }
      guard decoded.quantized == quantized.codes else {
        throw SplitpipeError(
          .bug, "codec \(lines[index].codec) gave other codes back than it was given")
      }
      arrived = arrived ?? decoded.frontier
    }
    guard let arrived else { throw SplitpipeError(.bug, "a unit without a codec") }
    return Crossed(arrived: arrived, bytes: bytes, clamped: quantized.clamped)
  }
}
