import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeMedia
import SplitpipeModel
import SplitpipeStages

/// Runs every unit of a sweep on one picture after another.
///
/// A picture is prepared once; the head runs once for each split, whatever the number of bit depths
/// and codecs; the tail once for each bit depth.
struct SweepRunner {
  let model: EvaluatedModel
  let units: [SweepUnit]
  let onlyNamed: Bool
  private var baselines: [Int: any FrameRoundTrip] = [:]
  private var encoders: [Coding: FrameEncoder] = [:]
  private let clock: SweepClock
  /// Whether pictures follow each other in time; else each is coded as if it were the only one.
  private let isVideo: Bool

  private struct Coding: Hashable {
    let split: Int
    let settings: CodecSettings
  }

  /// - Parameters:
  ///   - model: the model, cut at every split.
  ///   - units: what to run.
  ///   - onlyNamed: whether only the tensor that the split names is quantized and counted.
  ///   - video: what is known of the video; nil where every picture stands alone.
  ///   - clock: what is told where the time went.
  /// - Throws: `usage` for a quality out of range.
  init(
    model: EvaluatedModel, units: [SweepUnit], onlyNamed: Bool, video: SourceInformation?,
    clock: SweepClock
  ) throws {
    self.clock = clock
    isVideo = video != nil
    self.model = model
    self.units = units
    self.onlyNamed = onlyNamed
    for (index, unit) in units.enumerated() {
      switch unit.kind {
      case .jpeg(let quality): baselines[index] = try JPEGRoundTrip(quality: quality)
      case .h264(let factor):
        baselines[index] = try H264RoundTrip(
          quality: factor, framesPerSecond: video?.framesPerSecond)
      case .unsplit, .split: break
      }
    }
  }

  /// Runs those units on a picture that `isWanted`, which get its number; a video coder is fed with
  /// every frame all the same.
  ///
  /// - Parameters:
  ///   - frame: the picture.
  ///   - label: its class; nil where labels are boxes.
  ///   - isWanted: whether the result of a unit is still missing.
  /// - Returns: the results, by unit.
  /// - Throws: what the network, the codec and the coders throw.
  mutating func run(
    _ frame: Frame, label: Int?, isWanted: (Int) -> Bool
  ) throws -> [(unit: Int, result: UnitResult)] {
    let size = PixelSize(width: frame.picture.width, height: frame.picture.height)
    if !isVideo { encoders = [:] }
    var results: [(unit: Int, result: UnitResult)] = []
    func add(_ unit: Int, rawBytes: Int = 0, bytes: [Int], _ answer: UnitResult.Answer) {
      results.append(
        (unit, UnitResult(size: size, rawBytes: rawBytes, bytes: bytes, answer: answer)))
    }
    var prepared: PreparedInput?
    var frontiers: [Int: Frontier] = [:]
    for (index, unit) in units.enumerated() {
      let needsStream = if case .h264 = unit.kind { true } else { false }
      guard isWanted(index) || needsStream else { continue }
      switch unit.kind {
      case .unsplit:
        let input = try prepared ?? clock.time("prepare") { try model.preparer.prepare(frame) }
        prepared = input
        add(index, bytes: [frame.sourceBytes], try unsplit(input, size: size, label: label))
      case .split(let setting):
        let split = setting.split
        let input = try prepared ?? clock.time("prepare") { try model.preparer.prepare(frame) }
        prepared = input
        let frontier = try frontiers[split] ?? head(split, input)
        frontiers[split] = frontier
        let crossing = try cross(
          frontier, setting, stamp: frame.stamp, size: input.letterbox.input)
        let output = try tail(split, crossing.restored, at: input.letterbox.input)
        add(
          index, rawBytes: crossing.rawBytes, bytes: crossing.bytes,
          try answer(output, input.letterbox, size: size, label: label))
      case .jpeg, .h264:
        guard let baseline = baselines[index] else { continue }
        let received = try clock.time("baseline") { try baseline.send(frame) }
        guard isWanted(index) else { continue }
        let input = try clock.time("prepare") { try model.preparer.prepare(received) }
        add(index, bytes: [received.sourceBytes], try unsplit(input, size: size, label: label))
      }
    }
    return results
  }

  private func unsplit(
    _ input: PreparedInput, size: PixelSize, label: Int?
  ) throws -> UnitResult.Answer {
    let whole = try clock.time("compile") {
      try model.splits[0].segment(.unsplit, at: input.letterbox.input)
    }
    let outputs = try clock.time("unsplit") { try whole.run([.bytes(input.tensor)]) }
    guard let output = outputs.first else {
      throw SplitpipeError(.badData, "\(model.model.name) has no output")
    }
    return try answer(output, input.letterbox, size: size, label: label)
  }

  private func head(_ split: Int, _ input: PreparedInput) throws -> Frontier {
    let head = try clock.time("compile") {
      try model.splits[split].segment(.head, at: input.letterbox.input)
    }
    let tensors = try clock.time("head") { try head.run([.bytes(input.tensor)]) }
    return Frontier(
      tensors: zip(head.outputNames, tensors).map { NamedTensor(name: $0, tensor: $1) })
  }

  /// Sends what is counted through every codec and hands on what arrives.
  private mutating func cross(
    _ frontier: Frontier, _ setting: SweepUnit.Setting, stamp: FrameStamp, size: PixelSize
  ) throws -> (restored: Frontier, rawBytes: Int, bytes: [Int]) {
    let (split, depth) = (setting.split, setting.depth)
    let cut = try model.splits[split].cut(at: size)
    let name = cut.frontier[cut.namedIndex].name
    let sent =
      onlyNamed ? Frontier(tensors: frontier.tensors.filter { $0.name == name }) : frontier
    let codes = try clock.time("quantize") {
      depth.isQuantized ? try Quantizer(bits: depth).quantize(sent) : nil
    }
    let descriptions = sent.tensors.map {
      TensorDescription(name: $0.name, shape: $0.tensor.shape)
    }
    var bytes: [Int] = []
    var arrived: Frontier?
    for codec in setting.codecs {
      let settings = try CodecSettings(codec: codec, bits: depth)
      let coding = Coding(split: split, settings: settings)
      var encoder =
        encoders[coding]
        ?? FrameEncoder(settings: settings, fingerprint: model.fingerprints[split])
      let wire = try clock.time("encode") {
        let packet =
          if let codes {
            try encoder.encode(stamp: stamp, tensors: codes)
          } else {
            try encoder.encode(stamp: stamp, frontier: sent)
          }
        return packet.serialized()
      }
      encoders[coding] = encoder
      bytes.append(wire.count)
      var decoder = FrameDecoder(fingerprint: model.fingerprints[split])
      let decoded = try clock.time("decode") {
        try decoder.decode(wire, expecting: descriptions)
      }
      guard decoded.quantized == codes else {
        throw SplitpipeError(
          .bug, "codec \(settings) gave other codes back than it was given")
      }
      arrived = arrived ?? decoded.frontier
    }
    guard let arrived else { throw SplitpipeError(.bug, "a unit without a codec") }
    let restored = frontier.tensors.map { tensor in
      arrived.tensors.first { $0.name == tensor.name } ?? tensor
    }
    return (Frontier(tensors: restored), sent.rawBytes, bytes)
  }

  private func tail(
    _ split: Int, _ frontier: Frontier, at size: PixelSize
  ) throws -> Tensor<Float> {
    let tail = try clock.time("compile") { try model.splits[split].segment(.tail, at: size) }
    let inputs = try tail.inputNames.map { name in
      guard let tensor = frontier.tensors.first(where: { $0.name == name }) else {
        throw SplitpipeError(.bug, "the tail needs \"\(name)\", which did not cross the cut")
      }
      return SegmentInput.floats(tensor.tensor)
    }
    let outputs = try clock.time("tail") { try tail.run(inputs) }
    guard let output = outputs.first else {
      throw SplitpipeError(.badData, "\(model.model.name) has no output")
    }
    return output
  }

  private func answer(
    _ output: Tensor<Float>, _ letterbox: Letterbox, size: PixelSize, label: Int?
  ) throws -> UnitResult.Answer {
    switch model.task {
    case .detection(let detector):
      // Boxes are wanted in pixels of the frame that was labelled, also where a coder cut its edge.
      return .boxes(
        try clock.time("detect") { try detector.detect(output, letterbox: letterbox) })
    case .classification:
      guard let label, output.values.indices.contains(label) else {
        throw SplitpipeError(.bug, "a picture without a class reached a classifier")
      }
      return .classes(ClassAnswer(scores: output.values, label: label))
    }
  }
}
