import SplitpipeAnalysis
import SplitpipeReport

/// The most relevant coefficients of one tensor beside all; keys of `splitpipe importance --summary`.
package struct RelevanceSummary: Encodable, Sendable {
  /// A number of all coefficients and of the most relevant ones.
  package struct Pair: Encodable, Sendable {
    package let all: Double
    package let relevant: Double
  }

  package struct Quantiles: Encodable, Sendable {
    package let all: [Double]
    package let relevant: [Double]
  }

  /// How well each tells the relevant ones from the others, as areas under the ROC curve: 0.5 tells
  /// nothing, 1 all; nil where there are none.
  package struct Areas: Encodable, Sendable {
    package let value: Double?
    package let magnitude: Double?
  }

  /// The split that names the tensor.
  package let tensor: String
  /// Of the coefficients of a picture that are called relevant.
  package let share: Double
  /// Shares of zeros, and of what lies within half a step of 4 bits from zero.
  package let zeros: Pair
  package let small: Pair
  /// Values below which 1, 5, 25, 50, 75, 95 and 99 % lie.
  package let quantiles: Quantiles
  package let areaUnderROC: Areas
  /// Densities for a plot, which is no part of what is written.
  package let curve: [Point]

  /// Shares of the coefficients around a value.
  package struct Point: Sendable {
    package let value: Double
    package let all: Double
    package let relevant: Double
  }

  private enum CodingKeys: CodingKey {
    case tensor, share, zeros, small, quantiles, areaUnderROC
  }

  /// - Parameters:
  ///   - tally: over pictures.
  ///   - tensor: the split that names it.
  ///   - share: of the coefficients are the most relevant.
  init(_ tally: RelevanceTally, tensor: String, share: Double) {
    self.tensor = tensor
    self.share = share
    let (all, relevant) = (tally.all, tally.relevant)
    func pair(_ number: (RelevanceTally.Part) -> Int) -> Pair {
      func share(_ part: RelevanceTally.Part) -> Double {
        Double(number(part)) / Double(max(1, part.values.count))
      }
      return Pair(all: share(all), relevant: share(relevant))
    }
    zeros = pair(\.zeros)
    small = pair(\.small)
    let shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
    quantiles = Quantiles(
      all: all.values.quantiles(shares), relevant: relevant.values.quantiles(shares))
    areaUnderROC = Areas(
      value: all.values.areaUnderROC(of: relevant.values),
      magnitude: all.magnitudes.areaUnderROC(of: relevant.magnitudes))
    let ends =
      all.values.quantiles([0.001, 0.999]) + relevant.values.quantiles([0.001, 0.999])
    curve = Self.curve(all, relevant, from: ends.min() ?? 0, to: ends.max() ?? 0)
  }

  private static func curve(
    _ all: RelevanceTally.Part, _ relevant: RelevanceTally.Part, from low: Double, to high: Double
  ) -> [Point] {
    guard high > low else { return [] }
    let count = 60
    let step = (high - low) / Double(count)
    let edges = (0...count).map { low + step * Double($0) }
    return zip(all.values.shares(between: edges), relevant.values.shares(between: edges))
      .enumerated().map {
        Point(value: low + step * (Double($0) + 0.5), all: $1.0, relevant: $1.1)
      }
  }

  /// The better of what value and magnitude tell, whichever way round; nil where there is neither.
  package var told: Double? {
    [areaUnderROC.value, areaUnderROC.magnitude].compactMap { $0 }.map { max($0, 1 - $0) }.max()
  }

  /// What becomes of the claim that relevant coefficients cannot be told by their values.
  package var verdict: String {
    guard let told else { return "there are no relevant coefficients" }
    let area = (told * 100).rounded() / 100
    return switch told {
    case ..<0.6: "values do not tell them (area \(area))"
    case ..<0.8: "values tell them in part (area \(area))"
    default: "values tell them (area \(area))"
    }
  }
}
