import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeMedia
import SplitpipeModel
import SplitpipeStages

/// Runs every unit of a sweep on one picture after another.
///
/// A picture is prepared once; the head runs once for each split, whatever the number of bit depths,
/// quantizers and codecs; the tail once for each bit depth and quantizer.
struct SweepRunner {
  let model: EvaluatedModel
  let units: [SweepUnit]
  let onlyNamed: Bool
  private var baselines: [Int: any FrameRoundTrip] = [:]
  /// By unit; those of a picture that stands alone are made anew.
  private var streams: [Int: CutStream] = [:]
  private let clock: SweepClock
  /// Whether pictures follow each other in time; else each is coded as if it were the only one.
  private let isVideo: Bool

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

  /// Runs those units on a picture that `isWanted`, which get its number. Those that look back are
  /// given frames for the sake of later ones, too.
  ///
  /// - Parameters:
  ///   - frame: the picture.
  ///   - label: its class; nil where labels are boxes.
  ///   - isWanted: whether the result of a unit is still missing.
  ///   - isFed: whether a unit that looks back is to remember this frame.
  /// - Returns: the results, by unit.
  /// - Throws: what the network, the codec and the coders throw.
  mutating func run(
    _ frame: Frame, label: Int?, isWanted: (Int) -> Bool, isFed: (Int) -> Bool = { _ in false }
  ) throws -> [(unit: Int, result: UnitResult)] {
    let size = PixelSize(width: frame.picture.width, height: frame.picture.height)
    if !isVideo { streams = [:] }
    var results: [(unit: Int, result: UnitResult)] = []
    func add(_ unit: Int, bytes: [Int], _ read: ReadAnswer) {
      results.append(
        (
          unit,
          UnitResult(
            size: size, bytes: bytes, answer: read.answer, plausibility: read.plausibility)
        ))
    }
    var prepared: PreparedInput?
    var frontiers: [Int: Frontier] = [:]
    for (index, unit) in units.enumerated() {
      guard isWanted(index) || (unit.looksBack && isFed(index)) else { continue }
      switch unit.kind {
      case .unsplit:
        let input = try prepared ?? clock.time("prepare") { try model.preparer.prepare(frame) }
        prepared = input
        add(index, bytes: [frame.sourceBytes], try unsplit(input, label: label))
      case .split(let setting):
        let split = setting.split
        let input = try prepared ?? clock.time("prepare") { try model.preparer.prepare(frame) }
        prepared = input
        let frontier = try frontiers[split] ?? head(split, input)
        frontiers[split] = frontier
        let sent = try sent(frontier, setting, at: input.letterbox.input)
        // Only one owner, so that what it remembers is changed in place.
        var stream =
          try streams.removeValue(forKey: index)
          ?? CutStream(setting, fingerprint: model.splits[split].fingerprint)
        let crossed = try stream.send(
          sent, stamp: frame.stamp, sizes: input.letterbox.sizes, clock: clock)
        streams[index] = stream
        guard isWanted(index) else { continue }
        let restored = frontier.tensors.map { tensor in
          crossed.arrived.tensors.first { $0.name == tensor.name } ?? tensor
        }
        let output = try tail(split, Frontier(tensors: restored), at: input.letterbox.input)
        let read = try answer(output, input.letterbox, label: label)
        results.append(
          (
            index,
            UnitResult(
              size: size, rawBytes: sent.rawBytes, clamped: crossed.clamped,
              bytes: crossed.bytes, answer: read.answer, plausibility: read.plausibility)
          ))
      case .jpeg, .h264:
        guard let baseline = baselines[index] else { continue }
        let received = try clock.time("baseline") { try baseline.send(frame) }
        guard isWanted(index) else { continue }
        let input = try clock.time("prepare") { try model.preparer.prepare(received) }
        add(index, bytes: [received.sourceBytes], try unsplit(input, label: label))
      }
    }
    return results
  }

  private func unsplit(_ input: PreparedInput, label: Int?) throws -> ReadAnswer {
    let size = input.letterbox.input
    _ = try clock.time("compile") { try model.whole.compiled(.unsplit, at: size) }
    let output = try clock.time("unsplit") { try model.whole.runUnsplit(input) }
    return try answer(output, input.letterbox, label: label)
  }

  private func head(_ split: Int, _ input: PreparedInput) throws -> Frontier {
    try compile(.head, of: split, at: input.letterbox.input)
    return try clock.time("head") { try model.splits[split].runHead(input) }
  }

  /// So that its time is not counted as that of the first picture.
  private func compile(_ part: SplitModel.Part, of split: Int, at size: PixelSize) throws {
    _ = try clock.time("compile") { try model.splits[split].compiled(part, at: size) }
  }

  /// What of the tensors that cross is counted.
  private func sent(
    _ frontier: Frontier, _ setting: SweepUnit.Setting, at size: PixelSize
  ) throws -> Frontier {
    guard onlyNamed else { return frontier }
    let cut = try model.splits[setting.split].cut(at: size)
    let name = cut.frontier[cut.namedIndex].name
    return Frontier(tensors: frontier.tensors.filter { $0.name == name })
  }

  private func tail(
    _ split: Int, _ frontier: Frontier, at size: PixelSize
  ) throws -> Tensor<Float> {
    try compile(.tail, of: split, at: size)
    return try clock.time("tail") { try model.splits[split].runTail(frontier, at: size) }
  }

  /// An answer, and whether its boxes lie where objects can be; nil for a class.
  private typealias ReadAnswer = (answer: UnitResult.Answer, plausibility: Plausibility?)

  private func answer(
    _ output: Tensor<Float>, _ letterbox: Letterbox, label: Int?
  ) throws -> ReadAnswer {
    switch model.task {
    case .detection(let detector):
      // Boxes are wanted in pixels of the frame that was labelled, also where a coder cut its edge.
      return try clock.time("detect") {
        let candidates = try detector.candidates(
          in: output, letterbox: letterbox, confidence: detector.settings.confidence)
        return (.boxes(candidates.detections(detector.settings)), candidates.plausibility)
      }
    case .classification:
      guard let label, output.values.indices.contains(label) else {
        throw SplitpipeError(.bug, "a picture without a class reached a classifier")
      }
      return (.classes(ClassAnswer(scores: output.values, label: label)), nil)
    }
  }
}
