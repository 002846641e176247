import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeInference
import SplitpipeModel
import SplitpipeTraining

/// Tells during a training what pictures kept apart cost, and how well they are answered: with real packets,
/// against the boxes of the model as it was.
final class BottleneckMeter {
  private let model: Model
  private let detector: Detector
  private let pictures: [PreparedInput]
  private let setting: SweepUnit.Setting
  private let engine: any InferenceEngine
  /// By picture.
  private let truths: [[TruthObject]]
  private let secondsBetween: Double
  private var last = 0.0

  /// Pictures that are looked at at most.
  private static let mostPictures = 100
  /// Looks in a training.
  private static let looks = 8.0

  /// There is none for a classifier, and where the model finds nothing in the pictures.
  ///
  /// - Parameters:
  ///   - model: as it was.
  ///   - pool: pictures kept apart.
  ///   - bits: of a coefficient.
  ///   - budget: of the training.
  /// - Throws: what running throws.
  init?(_ model: Model, _ pool: PicturePool, bits: Int, budget: BottleneckTrainer.Budget) throws {
    guard let kind = model.detector, let depth = BitDepth(bits), depth.isQuantized else {
      return nil
    }
    self.model = model
    detector = Detector(kind: kind, classCount: model.classNames.count, settings: .evaluation)
    pictures = (0..<min(Self.mostPictures, pool.count)).map { pool.picture($0) }
    setting = SweepUnit.Setting(
      split: 0, depth: depth, quantizer: try .parse("held"), codecs: [try .parse("context")],
      keyInterval: KeySchedule.usualInterval)
    engine = try OpenVINOEngine()
    secondsBetween = if case .seconds(let all) = budget { all / Self.looks } else { 60 }
    let whole = SplitModel(
      model: model, split: Bottleneck.splitName, engine: engine, settings: SplitModel.Settings())
    let detector = detector
    truths = try pictures.map { picture in
      let output = try whole.runUnsplit(picture)
      return TruthObject.unsplit(try detector.detect(output, letterbox: picture.letterbox))
    }
    guard truths.contains(where: { !$0.isEmpty }) else { return nil }
  }

  /// - Parameters:
  ///   - graph: the model with the bottleneck in it.
  ///   - seconds: that the training has taken.
  ///   - isLast: whether it is the end.
  /// - Returns: nil where the last look is not long ago.
  /// - Throws: what running throws.
  func measure(
    _ graph: ModelGraph, seconds: Double, isLast: Bool
  ) throws -> HeldOutCost? {
    guard isLast || seconds - last >= secondsBetween else { return nil }
    last = seconds
    var learnt = model
    learnt.graph = { _ in graph }
    let split = SplitModel(
      model: learnt, split: Bottleneck.splitName, engine: engine, settings: SplitModel.Settings())
    var stream = try CutStream(setting, fingerprint: split.fingerprint)
    let clock = SweepClock()
    var scorer = COCOScorer(classCount: detector.classCount)
    var bytes = 0
    for (number, picture) in pictures.enumerated() {
      let crossed = try stream.send(
        split.runHead(picture), stamp: FrameStamp(index: number, seconds: Double(number)),
        sizes: picture.letterbox.sizes, clock: clock)
      bytes += crossed.bytes.reduce(0, +)
      let output = try split.runTail(crossed.arrived, at: picture.letterbox.input)
      scorer.add(
        image: number, detections: try detector.detect(output, letterbox: picture.letterbox),
        truths: truths[number])
    }
    return HeldOutCost(
      seconds: seconds, bytesPerFrame: Double(bytes) / Double(pictures.count),
      map50_95: scorer.result().map50_95 ?? 0)
  }
}
