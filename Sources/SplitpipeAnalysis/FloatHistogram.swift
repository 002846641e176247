/// How often float32 values occur, by their sign, exponent and first seven fraction bits.
///
/// The 65,536 bins are fixed and cover every finite value, so that histograms of different passes
/// add up; a bin is at most 1/128 of its value wide, and values are taken to lie evenly within it.
package struct FloatHistogram: Sendable {
  var table = CountTable(count: 1 << 16)
  package var minimum = Float.infinity
  package var maximum = -Float.infinity

  package init() {}

  /// The bin of a value.
  @inline(__always)
  static func bin(_ value: Float) -> Int { Int(value.bitPattern >> 16) }

  /// Values counted.
  package var count: UInt64 { table.counts.reduce(0, +) }

  package mutating func merge(_ other: FloatHistogram) {
    table.merge(other.table)
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
  }

  /// Counts values one by one; the analyser counts in its own loops.
  mutating func add(_ values: [Float]) {
    unsafe table.count(atMost: values.count) { counts in
      for value in values { unsafe counts[Self.bin(value)] &+= 1 }
    }
    minimum = min(minimum, values.min() ?? minimum)
    maximum = max(maximum, values.max() ?? maximum)
  }

  /// The values below which given shares of all values lie, as `numpy.quantile` defines them
  /// (rank p·(n − 1)), each within its bin.
  ///
  /// - Parameter shares: 0…1, ascending.
  /// - Returns: a value each; empty where nothing was counted.
  package func quantiles(_ shares: [Double]) -> [Double] {
    let total = count
    guard total > 0 else { return [] }
    var result: [Double] = []
    var before: UInt64 = 0
    var place = 0
    for share in shares {
      let rank = share * Double(total - 1)
      while place < Self.ascending.count {
        let inBin = table[Self.ascending[place]]
        if inBin > 0, Double(before + inBin) > rank { break }
        before += inBin
        place += 1
      }
      guard place < Self.ascending.count else {
        result.append(Double(maximum))
        continue
      }
      let bin = Self.ascending[place]
      let part = (rank - Double(before) + 0.5) / Double(table[bin])
      let (low, high) = Self.edges(bin)
      let value = low + (high - low) * min(max(part, 0), 1)
      result.append(min(max(value, Double(minimum)), Double(maximum)))
    }
    return result
  }

  /// The range that holds all but the lowest and the highest thousandth: 99.8 % of the values.
  package var middleRange: Double {
    let ends = quantiles([0.001, 0.999])
    return ends.count == 2 ? ends[1] - ends[0] : 0
  }

  /// Bins of finite values, the lowest value first.
  private static let ascending: [Int] =
    Array((0x8000...0xFF7F).reversed()) + Array(0x0000...0x7F7F)

  /// Where a bin begins and ends.
  private static func edges(_ bin: Int) -> (low: Double, high: Double) {
    let near = Double(Float(bitPattern: UInt32(bin) << 16))
    let far = Double(Float(bitPattern: UInt32(bin) << 16 | 0xFFFF))
    return bin < 0x8000 ? (near, far) : (far, near)
  }
}
