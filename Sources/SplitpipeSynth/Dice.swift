import SplitpipeCore

/// Seeded random numbers, the same on every machine.
struct Dice: RandomNumberGenerator, Sendable {
  private var generator: SplitMix64

  /// Different streams of one seed are independent of each other.
  init(seed: UInt64, stream: UInt64) { generator = SplitMix64(seed: seed, stream: stream) }

  mutating func next() -> UInt64 { generator.next() }

  /// Uniform in 0..<1.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

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

  /// Approximately normal with mean 0 and deviation 1: the sum of twelve uniform numbers less six.
  mutating func normal() -> Double {
    var sum = -6.0
    for _ in 0..<12 { sum += unit() }
    return sum
  }
}
