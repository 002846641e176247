import SplitpipeCore
import SplitpipeDetection

/// How good the answers of one unit are, over the pictures of a sweep.
struct SweepScore: Sendable {
  enum Metrics: Sendable {
    case boxes(COCOResult)
    /// Shares of pictures whose class is the first, or among the first five; the former also among
    /// the pictures of each class.
    case classes(top1: Double, top5: Double, top1ByClass: [Int: Double])
  }

  var metrics: Metrics
  /// Means per picture.
  var rawBytes: Double
  var bytes: [Double]
  /// Share of the values that lay outside their range, 0…1.
  var clampedFraction: Double
  /// Whether the boxes lie where objects can be, over all pictures.
  var plausibility: Plausibility
}

/// Adds up the answers of one unit.
struct SweepScorer {
  private var scorer: COCOScorer
  private let isDetection: Bool
  private var images = 0
  private var first = 0
  private var firstFive = 0
  private var byClass: [Int: (right: Int, all: Int)] = [:]
  private var rawBytes = 0
  private var clamped = 0
  private var bytes: [Int] = []
  private var plausibility = Plausibility()

  init(_ model: EvaluatedModel) {
    isDetection = model.isDetection
    scorer = COCOScorer(classCount: isDetection ? model.classCount : 0)
  }

  /// Adds what the unit made of a picture; its label is nil where it has boxes.
  mutating func add(image: Int, _ result: UnitResult, truths: [TruthObject], label: Int?) {
    images += 1
    rawBytes += result.rawBytes
    clamped += result.clamped
    if let found = result.plausibility { plausibility.add(found) }
    if bytes.isEmpty { bytes = result.bytes.map { _ in 0 } }
    for (index, count) in result.bytes.enumerated() where index < bytes.count {
      bytes[index] += count
    }
    switch result.answer {
    case .boxes(let boxes): scorer.add(image: image, detections: boxes, truths: truths)
    case .classes(let answer):
      if answer.isRight { first += 1 }
      if answer.rank < 5 { firstFive += 1 }
      guard let label else { return }
      byClass[label, default: (0, 0)].all += 1
      if answer.isRight { byClass[label, default: (0, 0)].right += 1 }
    }
  }

  /// nil where no picture was added.
  func score() -> SweepScore? {
    guard images > 0 else { return nil }
    let count = Double(images)
    return SweepScore(
      metrics: isDetection
        ? .boxes(scorer.result())
        : .classes(
          top1: Double(first) / count, top5: Double(firstFive) / count,
          top1ByClass: byClass.mapValues { Double($0.right) / Double($0.all) }),
      rawBytes: Double(rawBytes) / count, bytes: bytes.map { Double($0) / count },
      clampedFraction: Double(clamped) / Double(max(1, rawBytes / 4)), plausibility: plausibility)
  }
}
