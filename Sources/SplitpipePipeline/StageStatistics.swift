internal import Histogram

/// How long a stage worked on each frame, as a histogram: flat in memory, however long the run.
package struct StageTimes: Sendable {
  /// Nanoseconds up to one hour, three significant digits.
  private var histogram = Histogram<UInt32>(
    lowestDiscernibleValue: 1_000, highestTrackableValue: 3_600_000_000_000,
    numberOfSignificantValueDigits: .three)

  init() {}

  mutating func record(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let nanoseconds = UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    _ = histogram.record(min(nanoseconds, 3_600_000_000_000))
  }

  package var count: Int { Int(histogram.totalCount) }

  /// The duration in seconds that the given share of the frames did not exceed.
  package func seconds(atPercentile percentile: Double) -> Double {
    Double(histogram.valueAtPercentile(percentile)) / 1e9
  }

  package var medianSeconds: Double { seconds(atPercentile: 50) }
}
