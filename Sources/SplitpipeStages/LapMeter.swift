internal import Glibc
import SplitpipeSession

/// Seconds on the clock and of the processors, from one lap to the next.
package struct LapMeter {
  private var clock = MonotonicTime.now
  private var processor = LapMeter.processorSeconds

  package init() {}

  /// What has passed since the lap before.
  package mutating func lap() -> (seconds: Double, processor: Double) {
    let (now, used) = (MonotonicTime.now, Self.processorSeconds)
    defer { (clock, processor) = (now, used) }
    return (Double(now.microseconds(since: clock)) / 1e6, used - processor)
  }

  /// Of all threads of this process.
  private static var processorSeconds: Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
