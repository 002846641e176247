internal import Glibc

/// A moment by this machine's monotonic clock: it never jumps, and means nothing on another machine.
package struct MonotonicTime: Comparable, Hashable, Sendable {
  /// Microseconds since some moment before the machine's start.
  package let microseconds: Int64

  package init(microseconds: Int64) { self.microseconds = microseconds }

  /// This moment.
  package static var now: MonotonicTime {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return MonotonicTime(
      microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
  }

  /// Microseconds from an earlier moment to this one; negative if it was later.
  package func microseconds(since earlier: MonotonicTime) -> Int64 {
    microseconds - earlier.microseconds
  }

  package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
    left.microseconds < right.microseconds
  }

  package static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
    MonotonicTime(microseconds: time.microseconds + duration.microseconds)
  }
}

extension Duration {
  /// Whole microseconds.
  package var microseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }

  /// Whole milliseconds.
  package var milliseconds: Int64 { microseconds / 1_000 }
}
