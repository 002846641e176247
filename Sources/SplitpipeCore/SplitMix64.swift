/// Seeded random numbers, the same on every machine (Steele, Lea, Flood 2014).
package struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Different streams of one seed are independent of each other.
  package init(seed: UInt64, stream: UInt64 = 0) {
    state = Self.mix(seed &+ 0x632B_E59B_D9B4_E019) ^ Self.mix(stream &* 0x9E37_79B9_7F4A_7C15)
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// Uniform in 0..<1.
  package mutating func unit() -> Double { Self.unit(next()) }

  /// Approximately normal with mean 0 and deviation 1: the sum of twelve uniform numbers less six.
  package mutating func normal() -> Double {
    var sum = -6.0
    for _ in 0..<12 { sum += unit() }
    return sum
  }

  /// A random number as one in 0..<1.
  package static func unit(_ value: UInt64) -> Double { Double(value >> 11) * 0x1p-53 }

  /// A number whose every bit depends on every bit of the value.
  package static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
