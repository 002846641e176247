internal import Glibc

/// What a classifier says of one picture.
struct ClassAnswer: Sendable, Hashable {
  /// How many classes scored higher than the right one.
  var rank: Int
  /// The class that scored highest.
  var best: Int
  /// Probabilities of the highest class and of the right one, 0…1.
  var confidence: Float
  var trueConfidence: Float

  var isRight: Bool { rank == 0 }
}

extension ClassAnswer {
  /// Reads a classifier's output.
  ///
  /// - Parameters:
  ///   - scores: one per class; probabilities, or what a softmax makes probabilities of. Those that
  ///     are no finite number count as the lowest.
  ///   - label: the right class.
  init(scores: [Float], label: Int) {
    let score = scores[label]
    // Of equal scores the lower class comes first, as a stable sort puts it.
    rank =
      score.isFinite
      ? scores.indices.count {
        scores[$0].isFinite && (scores[$0] > score || (scores[$0] == score && $0 < label))
      }
      : scores.count
    var best = label
    var sum: Float = 0
    var areProbabilities = true
    for (index, value) in scores.enumerated() where value.isFinite {
      if !scores[best].isFinite || value > scores[best] || (value == scores[best] && index < best) {
        best = index
      }
      sum += value
      areProbabilities = areProbabilities && value >= 0
    }
    areProbabilities = areProbabilities && abs(sum - 1) < 0.01
    let highest = scores[best]
    let weight: Float =
      areProbabilities
      ? 1
      : scores.reduce(0) { $0 + ($1.isFinite ? exp($1 - highest) : 0) }
    func probability(_ value: Float) -> Float {
      guard value.isFinite, weight > 0 else { return 0 }
      return areProbabilities ? value : exp(value - highest) / weight
    }
    self.best = best
    confidence = probability(highest)
    trueConfidence = probability(score)
  }
}
