import SplitpipeCore

/// The extremes of the values that are left when equally many are taken off either end.
///
/// Of n values, floor(n · (100 − percent) / 200) are taken off each end, counted with repetitions.
/// Where a single value remains in a tensor of several, nothing is taken off: all else would be lost.
///
/// - Precondition: there is at least one value; all are finite, within `range`.
func middleRange(
  of values: UnsafeBufferPointer<Float>, percent: Double, within range: CodeRange
) -> CodeRange {
  let dropped = Int(Double(values.count) * (100 - percent) / 200)
  guard dropped > 0, dropped * 2 < values.count else { return range }
  let low = unsafe value(atRank: dropped, of: values)
  let high = unsafe value(atRank: values.count - 1 - dropped, of: values)
  guard low < high else { return range }
  return CodeRange(minimum: low, maximum: high).withoutNegativeZero
}

/// The value that `rank` others come before in ascending order.
///
/// Digit by digit (11, 11 and 10 bits) from the most significant: three passes and no sorting.
private func value(atRank rank: Int, of values: UnsafeBufferPointer<Float>) -> Float {
  var rank = rank
  var prefix: UInt32 = 0
  var known: UInt32 = 0
  for (shift, width) in [(21, 11), (10, 11), (0, 10)] as [(UInt32, UInt32)] {
    var counts = [Int](repeating: 0, count: 1 << Int(width))
    let mask = (1 &<< width) &- 1 as UInt32
    for i in 0..<values.count {
      let key = unsafe orderedKey(values[i])
      if key & known == prefix { counts[Int(key &>> shift & mask)] += 1 }
    }
    var digit: UInt32 = 0
    while rank >= counts[Int(digit)] {
      rank -= counts[Int(digit)]
      digit += 1
    }
    prefix |= digit &<< shift
    known |= mask &<< shift
  }
  // The inverse of `orderedKey`.
  return Float(bitPattern: prefix & 0x8000_0000 == 0 ? ~prefix : prefix & 0x7FFF_FFFF)
}

/// An unsigned number in the order of the values: −0 just below 0.
private func orderedKey(_ value: Float) -> UInt32 {
  let bits = value.bitPattern
  return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
}
