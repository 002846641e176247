internal import Glibc

/// Microseconds since 1970 by the clock on the wall, which may jump: for numbers that grow from one start
/// of a program to the next.
func wallClockMicroseconds() -> Int64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_REALTIME, &time)
  return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
}
