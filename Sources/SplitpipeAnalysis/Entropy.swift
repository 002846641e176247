internal import Glibc

/// Shannon's entropies of counted symbols, in bits per symbol, as the counts themselves give them.
enum Entropy {
  /// H(X) of counts by symbol; 0 where nothing was counted.
  static func plain(_ counts: some Sequence<UInt64>) -> Double {
    var total = 0.0
    var sum = 0.0
    for count in counts where count > 0 {
      let n = Double(count)
      total += n
      sum += n * log2(n)
    }
    return total > 0 ? max(0, log2(total) - sum / total) : 0
  }

  /// H(X | C) of joint counts, `levels` symbols for each context; nil where nothing was counted.
  static func conditional(_ joint: [UInt64], levels: Int) -> Double? {
    var total = 0.0
    var sum = 0.0
    var start = 0
    while start < joint.count {
      var ofContext = 0.0
      for index in start..<start + levels where joint[index] > 0 {
        let n = Double(joint[index])
        ofContext += n
        sum -= n * log2(n)
      }
      if ofContext > 0 { sum += ofContext * log2(ofContext) }
      total += ofContext
      start += levels
    }
    return total > 0 ? max(0, sum / total) : nil
  }
}
