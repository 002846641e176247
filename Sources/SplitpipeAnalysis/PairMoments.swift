/// Sums over pairs of values, enough for their correlation.
package struct PairMoments: Sendable, Equatable {
  package var count = 0
  package var sumA = 0.0
  package var sumB = 0.0
  package var sumAA = 0.0
  package var sumBB = 0.0
  package var sumAB = 0.0

  package init() {}

  package mutating func merge(_ other: PairMoments) {
    count += other.count
    sumA += other.sumA
    sumB += other.sumB
    sumAA += other.sumAA
    sumBB += other.sumBB
    sumAB += other.sumAB
  }

  /// Pearson's correlation; nil where there is no pair, or one side does not vary.
  package var pearson: Double? {
    guard count > 0 else { return nil }
    let n = Double(count)
    let varianceA = sumAA - sumA / n * sumA
    let varianceB = sumBB - sumB / n * sumB
    // What is left of sums of squares that cancel is rounding.
    guard varianceA > sumAA * 1e-13, varianceB > sumBB * 1e-13 else { return nil }
    let covariance = sumAB - sumA / n * sumB
    return min(max(covariance / (varianceA * varianceB).squareRoot(), -1), 1)
  }
}
