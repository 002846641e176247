internal import Glibc

/// How well the order of one quantity tells that of another.
package struct RankCorrelation: Sendable, Hashable, Encodable {
  /// Kendall's τ-b: pairs in the same order less pairs in the opposite one, over the pairs that are not
  /// tied (Kendall, "The treatment of ties in ranking problems", 1945).
  package let tau: Double
  /// Spearman's ρ: the correlation of ranks, ties having the mean of theirs.
  package let rho: Double
  /// 95 % intervals of both; nil where there are too few values, or where the order is the very same.
  package let interval: Intervals?

  /// Lower and upper ends.
  package struct Intervals: Sendable, Hashable, Encodable {
    package let tau: [Double]
    package let rho: [Double]
  }

  /// nil where fewer than three pairs are left, or where one quantity is the same everywhere.
  ///
  /// - Parameter pairs: two numbers of each thing; pairs that are not finite are left out.
  package init?(_ pairs: [(Double, Double)]) {
    let pairs = pairs.filter { $0.0.isFinite && $0.1.isFinite }
    guard pairs.count >= 3, let tau = Self.tau(pairs),
      let rho = Self.correlation(Self.ranks(pairs.map(\.0)), Self.ranks(pairs.map(\.1)))
    else { return nil }
    self.tau = tau
    self.rho = rho
    // Fieller, Hartley & Pearson, "Tests for rank correlation coefficients", 1957: the variances of
    // artanh τ and artanh ρ.
    let count = Double(pairs.count)
    interval =
      if pairs.count > 4, abs(tau) < 1, abs(rho) < 1 {
        Intervals(
          tau: Self.interval(tau, variance: 0.437 / (count - 4)),
          rho: Self.interval(rho, variance: 1.06 / (count - 3)))
      } else { nil }
  }

  private static func interval(_ value: Double, variance: Double) -> [Double] {
    let (middle, half) = (atanh(value), 1.96 * variance.squareRoot())
    return [tanh(middle - half), tanh(middle + half)]
  }

  private static func tau(_ pairs: [(Double, Double)]) -> Double? {
    var sum = 0.0
    var (untiedFirst, untiedSecond) = (0.0, 0.0)
    for (index, left) in pairs.enumerated() {
      for right in pairs[..<index] {
        let first = sign(left.0 - right.0)
        let second = sign(left.1 - right.1)
        sum += first * second
        untiedFirst += abs(first)
        untiedSecond += abs(second)
      }
    }
    guard untiedFirst > 0, untiedSecond > 0 else { return nil }
    return sum / (untiedFirst * untiedSecond).squareRoot()
  }

  private static func sign(_ value: Double) -> Double { value > 0 ? 1 : value < 0 ? -1 : 0 }

  /// Places in the order, from 1; equal values share the mean of theirs.
  private static func ranks(_ values: [Double]) -> [Double] {
    values.map { value in
      let smaller = Double(values.count { $0 < value })
      let equal = Double(values.count { $0 == value })
      return smaller + (equal + 1) / 2
    }
  }

  private static func correlation(_ left: [Double], _ right: [Double]) -> Double? {
    let count = Double(left.count)
    let (leftMean, rightMean) = (left.reduce(0, +) / count, right.reduce(0, +) / count)
    var (product, leftSquares, rightSquares) = (0.0, 0.0, 0.0)
    for (a, b) in zip(left, right) {
      product += (a - leftMean) * (b - rightMean)
      leftSquares += (a - leftMean) * (a - leftMean)
      rightSquares += (b - rightMean) * (b - rightMean)
    }
    guard leftSquares > 0, rightSquares > 0 else { return nil }
    return product / (leftSquares * rightSquares).squareRoot()
  }
}
