extension Sequence<Double> {
  /// The upper of the middle values; nil where there are none.
  package var median: Double? {
    let sorted = sorted()
    return sorted.isEmpty ? nil : sorted[sorted.count / 2]
  }
}
