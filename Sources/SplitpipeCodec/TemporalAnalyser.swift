package import SplitpipeCore

/// Measures how much each frame's tensors differ from those of the frame before.
///
/// Keeps one frame. A change of names, shapes or bit depth starts it anew.
package struct TemporalAnalyser: Sendable {
  private var previous: (frontier: Frontier, quantized: [QuantizedTensor]?)?

  package init() {}

  /// Compares a frame with the one observed before it and keeps it for the next.
  ///
  /// The range ratio leaves out tensors whose own values are all the same, or too wide for float32.
  ///
  /// - Parameters:
  ///   - frontier: the values of this frame.
  ///   - quantized: their codes; without them, unchanged values are counted.
  /// - Returns: nil for the first frame, and for the first after a change of layout.
  package mutating func observe(
    frontier: Frontier, quantized: [QuantizedTensor]?
  ) -> TemporalChange? {
    let before = previous
    previous = (frontier, quantized)
    guard let before, frontier.isAlike(before.frontier), isAlike(before.quantized, quantized)
    else { return nil }

    var ratios = 0.0
    var rated = 0
    var unchanged = 0
    var count = 0
    for (old, new) in zip(before.frontier.tensors, frontier.tensors) {
      let comparison = ValueComparison(old.tensor.values, new.tensor.values)
      let ratio = Double(comparison.differenceSpan) / Double(comparison.span)
      if comparison.span > 0, ratio.isFinite {
        ratios += ratio
        rated += 1
      }
      if quantized == nil { unchanged += comparison.equal }
      count += new.tensor.values.count
    }
    if let codes = quantized, let oldCodes = before.quantized {
      unchanged = zip(oldCodes, codes).reduce(0) { $0 + equalBytes($1.0.codes, $1.1.codes) }
      count = codes.reduce(0) { $0 + $1.codes.count }
    }
    return TemporalChange(
      rangeRatio: rated == 0 ? 0 : ratios / Double(rated),
      unchangedFraction: count == 0 ? 1 : Double(unchanged) / Double(count))
  }

  private func isAlike(_ old: [QuantizedTensor]?, _ new: [QuantizedTensor]?) -> Bool {
    guard let old, let new else { return old == nil && new == nil }
    return old.count == new.count
      && zip(old, new).allSatisfy {
        $0.name == $1.name && $0.shape == $1.shape && $0.bits == $1.bits
      }
  }
}
