/// Counts of one tensor's codes at one bit depth, alone and beside their neighbours.
///
/// Pairs that do not exist, in the first column, row or frame, are not counted. The counts beside
/// the code of the frame before and the one to the left are kept for all three codes together, from
/// which those of two are summed; at b bits they take 4 · 2^(3b) bytes, 64 MiB at 8 bits.
package struct CodeStatistics: Sendable {
  package let bits: Int
  let channelCount: Int
  /// By channel, then code.
  private var channels: CountTable
  /// By the code above, then the code.
  private var up: CountTable
  /// By the code to the left, then the code, in frames without one before.
  private var leftAlone: CountTable
  /// By the code before and the code, in the first column.
  private var previousAlone: CountTable
  /// By the code before, the code to the left, then the code; nil until a frame has one before.
  private var previousAndLeft: CountTable?

  var levels: Int { 1 << bits }

  init(bits: Int, channels: Int) {
    self.bits = bits
    channelCount = channels
    let levels = 1 << bits
    self.channels = CountTable(count: channels * levels)
    up = CountTable(count: levels * levels)
    leftAlone = CountTable(count: levels * levels)
    previousAlone = CountTable(count: levels * levels)
  }

  /// - Precondition: the same bit depth and number of channels.
  mutating func merge(_ other: CodeStatistics) {
    precondition(
      bits == other.bits && channelCount == other.channelCount,
      "statistics of the same tensor and depth are merged")
    channels.merge(other.channels)
    up.merge(other.up)
    leftAlone.merge(other.leftAlone)
    previousAlone.merge(other.previousAlone)
    if let theirs = other.previousAndLeft {
      if previousAndLeft == nil {
        previousAndLeft = theirs
      } else {
        previousAndLeft?.merge(theirs)
      }
    }
  }

  /// Counts the codes of one frame, and beside those of the frame before where there is one.
  ///
  /// - Precondition: codes below 2^bits, `grid.count` of them in either array.
  mutating func add(_ codes: [UInt8], before: [UInt8]?, grid: TensorGrid) {
    precondition(
      codes.count == grid.count && before.map { $0.count == grid.count } ?? true
        && grid.channels == channelCount, "codes of the grid's size")
    guard grid.count > 0 else { return }
    unsafe codes.withUnsafeBufferPointer { codes in
      guard let codes = codes.baseAddress else { return }
      unsafe addAlone(codes, grid: grid)
      guard let before else {
        unsafe addLeft(codes, grid: grid)
        return
      }
      unsafe before.withUnsafeBufferPointer { before in
        guard let before = before.baseAddress else { return }
        unsafe add(codes, before: before, grid: grid)
      }
    }
  }

  private mutating func addAlone(_ codes: UnsafePointer<UInt8>, grid: TensorGrid) {
    let (plane, width) = (grid.plane, grid.width)
    let (bits, levels) = (bits, levels)
    unsafe channels.count(atMost: grid.count) { counts in
      for channel in 0..<grid.channels {
        let counts = unsafe counts + channel * levels
        let codes = unsafe codes + channel * plane
        for index in 0..<plane { unsafe counts[Int(codes[index])] &+= 1 }
      }
    }
    unsafe up.count(atMost: grid.count) { counts in
      for channel in 0..<grid.channels {
        let codes = unsafe codes + channel * plane
        for index in width..<max(width, plane) {
          unsafe counts[Int(codes[index - width]) << bits | Int(codes[index])] &+= 1
        }
      }
    }
  }

  private mutating func addLeft(_ codes: UnsafePointer<UInt8>, grid: TensorGrid) {
    let bits = bits
    unsafe leftAlone.count(atMost: grid.count) { counts in
      for row in 0..<grid.channels * grid.height {
        let codes = unsafe codes + row * grid.width
        for x in 1..<max(1, grid.width) {
          unsafe counts[Int(codes[x - 1]) << bits | Int(codes[x])] &+= 1
        }
      }
    }
  }

  private mutating func add(
    _ codes: UnsafePointer<UInt8>, before: UnsafePointer<UInt8>, grid: TensorGrid
  ) {
    let bits = bits
    let rows = grid.channels * grid.height
    let width = grid.width
    unsafe previousAlone.count(atMost: rows) { counts in
      for row in 0..<rows {
        let place = row * width
        unsafe counts[Int(before[place]) << bits | Int(codes[place])] &+= 1
      }
    }
    if previousAndLeft == nil { previousAndLeft = CountTable(count: 1 << (3 * bits)) }
    unsafe previousAndLeft?.count(atMost: grid.count) { counts in
      for row in 0..<rows {
        let codes = unsafe codes + row * width
        let before = unsafe before + row * width
        var left = unsafe Int(codes[0]) << bits
        for x in 1..<max(1, width) {
          let code = unsafe Int(codes[x])
          unsafe counts[Int(before[x]) << (2 * bits) | left | code] &+= 1
          left = code << bits
        }
      }
    }
  }

  // MARK: Results

  /// Codes counted, by code.
  package var histogram: [UInt64] {
    var counts = [UInt64](repeating: 0, count: levels)
    for index in 0..<channels.count { counts[index % levels] += channels[index] }
    return counts
  }

  /// Bits per code without knowing anything else.
  package var order0: Double { Entropy.plain(histogram) }

  /// Mean over the channels of each channel's own entropy.
  package var perChannel: Double {
    let sum = (0..<channelCount).reduce(0.0) { sum, channel in
      sum + Entropy.plain((0..<levels).lazy.map { channels[channel * levels + $0] })
    }
    return channelCount > 0 ? sum / Double(channelCount) : 0
  }

  /// Bits per code given the one to its left; nil where a row has one code.
  package var givenLeft: Double? {
    var joint = leftAlone.counts
    if let table = previousAndLeft {
      for index in 0..<table.count { joint[index % joint.count] += table[index] }
    }
    return Entropy.conditional(joint, levels: levels)
  }

  /// Bits per code given the one above; nil where a column has one code.
  package var givenUp: Double? { Entropy.conditional(up.counts, levels: levels) }

  /// Bits per code given the one at the same place a frame before; nil without such frames.
  package var givenPrevious: Double? {
    Entropy.conditional(besidePrevious, levels: levels)
  }

  /// Bits per code given both the one a frame before and the one to the left.
  package var givenPreviousAndLeft: Double? {
    previousAndLeft.flatMap { Entropy.conditional($0.counts, levels: levels) }
  }

  /// Share of codes that equal the one a frame before; nil without such frames.
  package var unchangedFraction: Double? {
    let joint = besidePrevious
    let total = joint.reduce(0, +)
    guard total > 0 else { return nil }
    let equal = (0..<levels).reduce(UInt64(0)) { $0 + joint[$1 * levels + $1] }
    return Double(equal) / Double(total)
  }

  private var besidePrevious: [UInt64] {
    var joint = previousAlone.counts
    guard let table = previousAndLeft else { return joint }
    let mask = levels - 1
    for index in 0..<table.count {
      joint[(index >> (2 * bits)) << bits | index & mask] += table[index]
    }
    return joint
  }
}
