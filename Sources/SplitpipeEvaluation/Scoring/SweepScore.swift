import SplitpipeCore
import SplitpipeDetection

/// How good the answers of one unit are, over the pictures of a sweep.
struct SweepScore: Sendable {
  enum Metrics: Sendable {
    case boxes(COCOResult)
    /// Shares of pictures whose class is the first, or among the first five.
    case classes(top1: Double, top5: Double)
  }

  var metrics: Metrics
  /// Means per picture.
  var rawBytes: Double
  var bytes: [Double]
}

/// Adds up the answers of one unit.
struct SweepScorer {
  private var scorer: COCOScorer
  private let isDetection: Bool
  private var images = 0
  private var first = 0
  private var firstFive = 0
  private var rawBytes = 0
  private var bytes: [Int] = []

  init(_ model: EvaluatedModel) {
    isDetection = if case .detection = model.task { true } else { false }
    scorer = COCOScorer(classCount: isDetection ? model.classCount : 0)
  }

  mutating func add(image: Int, _ result: UnitResult, truths: [TruthObject]) {
    images += 1
    rawBytes += result.rawBytes
    if bytes.isEmpty { bytes = result.bytes.map { _ in 0 } }
    for (index, count) in result.bytes.enumerated() where index < bytes.count {
      bytes[index] += count
    }
    switch result.answer {
    case .boxes(let boxes): scorer.add(image: image, detections: boxes, truths: truths)
    case .rank(let rank):
      if rank == 0 { first += 1 }
      if rank < 5 { firstFive += 1 }
    }
  }

  /// nil where no picture was added.
  func score() -> SweepScore? {
    guard images > 0 else { return nil }
    let count = Double(images)
    return SweepScore(
      metrics: isDetection
        ? .boxes(scorer.result())
        : .classes(top1: Double(first) / count, top5: Double(firstFive) / count),
      rawBytes: Double(rawBytes) / count, bytes: bytes.map { Double($0) / count })
  }
}
