internal import Glibc

/// A rate of learning that rises and falls once: Smith, "A disciplined approach to neural network
/// hyper-parameters", 2018.
package struct LearningRate: Sendable, Hashable {
  /// The highest.
  package let peak: Double
  package let steps: Int

  /// The share of the steps in which it rises.
  private static let rise = 0.1
  /// What it begins with, as a share of the highest; it ends with a hundredth of that.
  private static let first = 0.1

  package init(peak: Double, steps: Int) {
    self.peak = peak
    self.steps = steps
  }

  /// The rate of a step, from 1.
  package func rate(step: Int) -> Double {
    let place = min(1, Double(step - 1) / Double(max(1, steps - 1)))
    func between(_ from: Double, _ to: Double, _ share: Double) -> Double {
      to + (from - to) * (1 + cos(.pi * share)) / 2
    }
    guard place >= Self.rise else {
      return between(peak * Self.first, peak, place / Self.rise)
    }
    return between(peak, peak * Self.first / 100, (place - Self.rise) / (1 - Self.rise))
  }
}
