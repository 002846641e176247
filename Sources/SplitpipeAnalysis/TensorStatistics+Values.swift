import SplitpipeCore

extension TensorStatistics {
  /// Counts values, their differences and products beside each neighbour.
  mutating func count(
    _ values: [Float], before: [Float]?, grid: TensorGrid, range: CodeRange
  ) {
    self.values.minimum = min(self.values.minimum, range.minimum)
    self.values.maximum = max(self.values.maximum, range.maximum)
    unsafe values.withUnsafeBufferPointer { buffer in
      guard let values = buffer.baseAddress else { return }
      unsafe self.values.table.count(atMost: grid.count) { counts in
        for index in 0..<grid.count {
          unsafe counts[FloatHistogram.bin(values[index])] &+= 1
        }
      }
      let rows = grid.channels * grid.height
      let (width, plane) = (grid.width, grid.plane)
      unsafe compare(
        .row, values, values + 1, runs: rows, length: width - 1, distance: width)
      unsafe compare(
        .column, values, values + width, runs: grid.channels, length: plane - width,
        distance: plane)
      unsafe compare(
        .channel, values, values + plane, runs: 1, length: grid.count - plane, distance: 0)
      guard let before else { return }
      unsafe before.withUnsafeBufferPointer { before in
        guard let before = before.baseAddress else { return }
        unsafe compare(.time, before, values, runs: 1, length: grid.count, distance: 0)
      }
    }
  }

  /// Counts b − a over `runs` runs of `length` pairs, whose beginnings lie `distance` apart.
  private mutating func compare(
    _ direction: Direction, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, runs: Int,
    length: Int, distance: Int
  ) {
    guard length > 0 else { return }
    var sums = PairMoments()
    var low = Float.infinity
    var high = -Float.infinity
    unsafe differences[direction.rawValue].table.count(atMost: runs * length) { counts in
      for run in 0..<runs {
        unsafe sums.add(a + run * distance, b + run * distance, count: length)
        unsafe countDifferences(
          a + run * distance, b + run * distance, count: length, counts, &low, &high)
      }
    }
    sums.count = runs * length
    pairs[direction.rawValue].merge(sums)
    differences[direction.rawValue].minimum = min(differences[direction.rawValue].minimum, low)
    differences[direction.rawValue].maximum = max(differences[direction.rawValue].maximum, high)
  }
}

@inline(__always)
private func countDifferences(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int,
  _ counts: UnsafeMutablePointer<UInt32>, _ low: inout Float, _ high: inout Float
) {
  var (least, most) = (low, high)
  for index in 0..<count {
    let difference = unsafe b[index] - a[index]
    least = difference < least ? difference : least
    most = difference > most ? difference : most
    unsafe counts[FloatHistogram.bin(difference)] &+= 1
  }
  (low, high) = (least, most)
}

extension PairMoments {
  /// Adds the sums over pairs, not their number.
  @inline(__always)
  fileprivate mutating func add(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int
  ) {
    var sumsA = SIMD4<Double>.zero
    var sumsB = SIMD4<Double>.zero
    var sumsAA = SIMD4<Double>.zero
    var sumsBB = SIMD4<Double>.zero
    var sumsAB = SIMD4<Double>.zero
    let whole = count & ~3
    for index in stride(from: 0, to: whole, by: 4) {
      let x = unsafe SIMD4<Double>(
        Double(a[index]), Double(a[index + 1]), Double(a[index + 2]), Double(a[index + 3]))
      let y = unsafe SIMD4<Double>(
        Double(b[index]), Double(b[index + 1]), Double(b[index + 2]), Double(b[index + 3]))
      sumsA += x
      sumsB += y
      sumsAA += x * x
      sumsBB += y * y
      sumsAB += x * y
    }
    sumA += sumsA.sum()
    sumB += sumsB.sum()
    sumAA += sumsAA.sum()
    sumBB += sumsBB.sum()
    sumAB += sumsAB.sum()
    for index in whole..<count {
      let (x, y) = unsafe (Double(a[index]), Double(b[index]))
      sumA += x
      sumB += y
      sumAA += x * x
      sumBB += y * y
      sumAB += x * y
    }
  }
}
