import SplitpipeCodec
import SplitpipeCore

/// All codecs at one bit depth, on one frame after another.
struct CodecContest {
  let bits: BitDepth
  /// Codes of all frames so far.
  private(set) var coefficients = 0
  private var entropy = 0.0
  private var step: QuantizeStep
  private var entrants: [Entrant]

  /// Fast coders code a frame more than once until there are this many times to take a median of.
  private static let wantedSamples = 15
  private static let rounds = 5

  init(_ request: CodecBenchmarkRequest, bits: BitDepth) throws {
    self.bits = bits
    step = try QuantizeStep(
      CodingSettings(
        codec: CodecSettings(codec: .context, bits: bits), quantizer: request.quantizer,
        keyInterval: .max))
    var codecs = request.codecs
    codecs += CodecBenchmarkRequest.yardsticks.filter { !codecs.contains($0) }
    entrants = try codecs.flatMap { codec in
      let settings = try CodecSettings(codec: codec, bits: bits)
      // Without a frame before it, a dictionary coder is the plain one.
      let modes: [Entrant.Mode] =
        codec.sharesKeys ? [.inter] : codec.isTemporal ? [.intra, .inter] : [.intra]
      return modes.map { Entrant(settings: settings, mode: $0) }
    }
  }

  /// Quantizes a frame and lets every codec have it.
  mutating func measure(_ frontier: Frontier, of stamp: FrameStamp) throws {
    let quantized = try step.quantize(frontier, of: stamp)
    guard let tensors = quantized.codes else {
      throw SplitpipeError(.bug, "a contest of codecs at \(bits) bits")
    }
    coefficients += tensors.reduce(0) { $0 + $1.codes.count }
    entropy += CodeEntropy.bits(tensors)
    for index in entrants.indices {
      let rounds =
        entrants[index].mode == .intra && entrants[index].samples < Self.wantedSamples
        ? Self.rounds : 1
      for _ in 0..<rounds { try entrants[index].measure(stamp, tensors, quantized.dependency) }
    }
  }

  var bound: CodecBenchmark.Bound {
    CodecBenchmark.Bound(
      bits: bits.bits, order0BitsPerCoefficient: entropy / Double(max(1, coefficients)))
  }

  var rows: [CodecBenchmark.Row] {
    func yardstick(_ codec: CodecName) -> Entrant? {
      entrants.first { $0.meter.settings.codec == codec && $0.mode == .intra }
    }
    let (zstd, zlib) = (yardstick(.zstd), yardstick(.zlib))
    return entrants.filter { $0.samples > 0 }.map { entrant in
      let (encode, decode) = (entrant.encode.median, entrant.decode.median)
      return CodecBenchmark.Row(
        codec: entrant.meter.settings.codec.rawValue, mode: entrant.mode.rawValue,
        bits: bits.bits, frames: entrant.frames,
        bytesPerFrame: Double(entrant.bytes) / Double(entrant.samples),
        bitsPerCoefficient: Double(entrant.bytes * 8) / Double(max(1, entrant.coefficients)),
        encodeMsymPerSecond: encode, decodeMsymPerSecond: decode,
        encodeVsZstd1: encode / (zstd?.encode.median ?? .nan),
        decodeVsZstd1: decode / (zstd?.decode.median ?? .nan),
        encodeVsZlib6: encode / (zlib?.encode.median ?? .nan),
        decodeVsZlib6: decode / (zlib?.decode.median ?? .nan))
    }
  }
}

/// One codec, either with every frame by itself or each leaning on the one before.
private struct Entrant {
  enum Mode: String { case intra, inter }

  let mode: Mode
  var meter: CodecMeter
  var samples = 0
  var frames = 0
  var bytes = 0
  var coefficients = 0
  var encode = Speeds()
  var decode = Speeds()
  private var lastIndex: Int?

  init(settings: CodecSettings, mode: Mode) {
    self.mode = mode
    meter = CodecMeter(settings: settings)
  }

  mutating func measure(
    _ stamp: FrameStamp, _ tensors: [QuantizedTensor], _ dependency: FrameDependency
  ) throws {
    let sample = try meter.measure(
      stamp, tensors, dependency: mode == .intra ? .key : dependency)
    guard mode == .intra || sample.isDelta else { return }
    let count = tensors.reduce(0) { $0 + $1.codes.count }
    samples += 1
    if lastIndex != stamp.index { frames += 1 }
    lastIndex = stamp.index
    bytes += sample.bytes
    coefficients += count
    encode.add(count, in: sample.encode)
    decode.add(count, in: sample.decode)
  }
}

/// Codes a second, in millions, of many frames.
private struct Speeds {
  private var values: [Double] = []

  mutating func add(_ codes: Int, in time: Duration) {
    values.append(Double(codes) / max(time / .microseconds(1), 1e-3))
  }

  var median: Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
  }
}
