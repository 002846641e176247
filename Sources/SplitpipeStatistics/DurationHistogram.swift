internal import Histogram

/// Durations as a histogram: flat in memory, however many there are.
package struct DurationHistogram: Sendable {
  /// Nanoseconds up to one hour, three significant digits.
  private var histogram = Histogram<UInt32>(
    lowestDiscernibleValue: 1_000, highestTrackableValue: Self.longest,
    numberOfSignificantValueDigits: .three)
  private static let longest: UInt64 = 3_600_000_000_000

  package init() {}

  /// Adds a duration; one that is negative counts as none.
  package mutating func record(_ duration: Duration) {
    let (seconds, attoseconds) = max(.zero, duration).components
    let nanoseconds =
      min(UInt64(seconds), 3_600) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    _ = histogram.record(min(nanoseconds, Self.longest))
  }

  package var count: Int { Int(histogram.totalCount) }

  /// The seconds that the given share of the durations did not exceed; nil where there are none.
  package func seconds(atPercentile percentile: Double) -> Double? {
    count == 0 ? nil : Double(histogram.valueAtPercentile(percentile)) / 1e9
  }

  /// In seconds; nil where there are none.
  package var median: Double? { seconds(atPercentile: 50) }
}
