import SplitpipeCore

/// What the scenes of a clip are rolled with.
typealias Dice = SplitMix64

extension SplitMix64 {
  /// Uniform within the range.
  mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }

  /// Uniform whole number below `count`.
  mutating func index(_ count: Int) -> Int { min(count - 1, Int(unit() * Double(count))) }

  mutating func chance(_ probability: Double) -> Bool { unit() < probability }

  /// One of the values, which must not be empty.
  mutating func pick<Value>(_ values: [Value]) -> Value { values[index(values.count)] }

  /// The index of one of the weights, by its share of their sum.
  mutating func weighted(_ weights: [Double]) -> Int {
    var rest = unit() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return index }
    }
    return weights.count - 1
  }
}
