import SplitpipeCodec
import SplitpipeModel
import SplitpipePipeline
import SplitpipeStatistics

/// The measured accuracy of some splits, the judge of all that claims to know it beforehand.
struct PlanCheck: Sendable {
  /// By split, then by width of a coefficient.
  let accuracy: [String: [Int: Double]]
  /// The same on random halves of the pictures.
  let halves: [String: [Int: [Double?]]]
  let accuracyName: String
  let images: Int
  let isComplete: Bool

  /// Random halves that tell how much hangs on the choice of pictures: as many as Cunico et al. draw boxes
  /// of.
  static let halfCount = 15
  static let seed: UInt64 = 1

  /// Splits to measure, evenly spread along the network.
  static func chosen(_ count: Int, of names: [String]) -> [String] {
    guard count < names.count else { return names }
    guard count > 1 else { return Array(names.prefix(count)) }
    return (0..<count).map { names[$0 * (names.count - 1) / (count - 1)] }
  }

  /// - Parameters:
  ///   - summary: of an evaluation with one codec and one quantizer.
  ///   - halves: of its pictures.
  init(_ summary: EvaluationSummary, halves: [String: [Int: [Double?]]]) {
    var accuracy: [String: [Int: Double]] = [:]
    for row in summary.rows {
      if let value = row.accuracy.headline { accuracy[row.split, default: [:]][row.bits] = value }
    }
    self.accuracy = accuracy
    self.halves = halves
    accuracyName = summary.unsplit.isDetection ? "mAP50-95" : "top-1"
    images = summary.images
    isComplete = summary.complete
  }

  /// How well predictors order the splits by accuracy.
  ///
  /// - Parameter predictors: by name, for each split its value; more of it is to mean more accuracy.
  /// - Returns: by predictor, then by width; without what cannot be told.
  func rankings(
    _ predictors: [String: [String: Double]]
  ) -> [String: [String: PlanSummary.Ranking]] {
    let widths = Set(accuracy.values.flatMap(\.keys))
    return predictors.mapValues { values in
      var found: [String: PlanSummary.Ranking] = [:]
      for width in widths {
        func correlation(_ accuracy: (String) -> Double?) -> RankCorrelation? {
          RankCorrelation(
            values.compactMap { split, value in accuracy(split).map { (value, $0) } })
        }
        guard let whole = correlation({ accuracy[$0]?[width] }) else { continue }
        found["\(width)"] = PlanSummary.Ranking(
          whole,
          tauOfHalves: (0..<Self.halfCount).compactMap { half in
            correlation { halves[$0]?[width]?[half] }?.tau
          })
      }
      return found
    }
  }
}

extension EvaluationRequest {
  /// What tells the accuracy of some splits of a plan.
  init(_ request: PlanRequest, splits: [String]) {
    self.init(dataset: request.data.path, model: request.model)
    data = request.data
    self.splits = splits
    bits = request.checkBits
    codecs = [request.coding.codec.codec.rawValue]
    quantizers = [request.coding.quantizer.description]
    keyInterval = request.coding.keyInterval
    precision = request.precision
    limit = request.checkFrames
    reading = request.reading
    input = request.input
    summary = request.checkSummary
    resume = request.resume
  }
}
