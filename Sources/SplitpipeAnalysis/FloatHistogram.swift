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
  package mutating func add(_ values: [Float]) {
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

  /// The shares of the values that lie in stretches, taken to lie evenly within their bins.
  ///
  /// - Parameter edges: of the stretches, ascending.
  /// - Returns: one share fewer than edges; what lies outside all is left out.
  package func shares(between edges: [Double]) -> [Double] {
    var shares = [Double](repeating: 0, count: max(0, edges.count - 1))
    let total = Double(count)
    for bin in Self.ascending where table[bin] > 0 {
      let (low, high) = Self.edges(bin)
      let weight = Double(table[bin]) / total
      for place in shares.indices where edges[place] < high && edges[place + 1] > low {
        let part = min(high, edges[place + 1]) - max(low, edges[place])
        shares[place] += weight * part / (high - low)
      }
    }
    return shares
  }

  /// How well a value alone tells members of a part from the others: the probability that a member's is
  /// the greater of the two, equal ones counting a half (the area under the ROC curve: Hanley and McNeil,
  /// "The meaning and use of the area under a receiver operating characteristic curve", 1982).
  ///
  /// - Parameter part: some of the values counted here.
  /// - Returns: 0…1, of which 0.5 tells nothing; nil where the part is nothing or all.
  package func areaUnderROC(of part: FloatHistogram) -> Double? {
    let (members, others) = (Double(part.count), Double(count - part.count))
    guard members > 0, others > 0 else { return nil }
    var area = 0.0
    var below = 0.0
    for bin in Self.ascending where table[bin] > 0 {
      let (inside, outside) = (Double(part.table[bin]), Double(table[bin] - part.table[bin]))
      area += inside * (below + outside / 2)
      below += outside
    }
    return area / (members * others)
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
