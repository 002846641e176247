import SplitpipeCodec
package import SplitpipeCore
import SplitpipeEndpoints
import SplitpipeInference
import SplitpipeMedia
import SplitpipeModel
package import SplitpipePipeline

/// What `splitpipe bench codec --json` prints; the keys are the command line's contract.
///
/// Speeds are medians over frames, in millions of codes a second on one core; every codec codes and
/// decodes a frame before the next frame is read, so that all see the same machine.
package struct CodecBenchmark: Codable, Sendable {
  package struct Row: Codable, Sendable {
    package var codec: String
    /// `intra`: every frame by itself; `inter`: frames that lean on the one before, key frames left
    /// out.
    package var mode: String
    package var bits: Int
    package var frames: Int
    /// On the wire, packet header included.
    package var bytesPerFrame: Double
    package var bitsPerCoefficient: Double
    package var encodeMsymPerSecond: Double
    package var decodeMsymPerSecond: Double
    package var encodeVsZstd1: Double
    package var decodeVsZstd1: Double
    package var encodeVsZlib6: Double
    package var decodeVsZlib6: Double
  }

  /// What no coder can beat that only knows how often each code occurs in a tensor of a frame.
  package struct Bound: Codable, Sendable {
    package var bits: Int
    package var order0BitsPerCoefficient: Double
  }

  package var input: String
  package var model: String
  package var split: String
  package var quantizer: String
  package var noise: Double
  package var frames: Int
  package var coefficientsPerFrame: Double
  package var rows: [Row]
  package var bounds: [Bound]
  /// float32 read a second by the quantizer at the first bit depth, tensors in cache: the pass that
  /// makes codes, and with the search for the range before it.
  package var quantizeGBPerSecond: Double
  package var quantizeWithRangeGBPerSecond: Double

  /// Codes the frames of an input with every codec.
  ///
  /// - Parameters:
  ///   - request: what to measure.
  ///   - stop: ends the measurement early; what was measured counts.
  ///   - note: gets sentences for the user before the first frame.
  ///   - progress: called for each frame.
  /// - Returns: the figures.
  /// - Throws: what reading input and model throws; a bug if a codec loses anything.
  package static func measure(
    _ request: CodecBenchmarkRequest, stop: StopSignal, note: (String) -> Void,
    progress: (FrameStamp) -> Void
  ) throws -> CodecBenchmark {
    let model = try loadModel(path: request.model).fed(request.networkInput)
    let source = try openFrameSource(request.input)
    let size = Letterbox(frame: source.information.shownSize, geometry: model.geometry).input
    var settings = SplitModel.Settings()
    settings.precision = request.precision
    // A wrong split name needs no runtime to be found out.
    let split = try model.split(named: request.split, at: size)
    let firstCut = try cut(model.graph(size), at: split.name)
    if let sentence = split.note { note(sentence) }
    let splitModel = SplitModel(
      model: model, split: split.name, engine: try OpenVINOEngine(), settings: settings,
      known: (size, firstCut))
    let letterboxer = Letterboxer(geometry: model.geometry)
    let preparer: any FramePreparer =
      request.noise > 0 ? SensorNoise(letterboxer, deviation: request.noise) : letterboxer
    var contests = try request.bits.map { try CodecContest(request, bits: $0) }
    var speed: QuantizeSpeed?
    var frames = 0
    var passed = 0
    while !stop.isStopped, frames < request.frames ?? .max, let frame = try source.next() {
      guard passed >= request.start else {
        passed += 1
        continue
      }
      let prepared = try preparer.prepare(frame)
      let frontier = try splitModel.runHead(prepared)
      for index in contests.indices { try contests[index].measure(frontier, of: frame.stamp) }
      if speed == nil, let bits = request.bits.first {
        speed = QuantizeSpeed(of: frontier, bits: bits)
      }
      frames += 1
      progress(frame.stamp)
    }
    guard frames > 0 else {
      throw SplitpipeError(
        .badData,
        "\(redacted(request.input)) has no frame to measure"
          + (passed > 0 ? " after the \(passed) passed over" : ""))
    }
    return CodecBenchmark(
      input: redacted(request.input), model: request.model, split: split.name,
      quantizer: request.quantizer.description, noise: request.noise, frames: frames,
      coefficientsPerFrame: Double(contests.first?.coefficients ?? 0) / Double(frames),
      rows: contests.flatMap(\.rows), bounds: contests.map(\.bound),
      quantizeGBPerSecond: speed?.codes ?? 0,
      quantizeWithRangeGBPerSecond: speed?.codesAndRange ?? 0)
  }
}
