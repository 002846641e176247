import CFFmpeg
import Glibc
import SplitpipeCore

/// Ends blocking reads of FFmpeg when a deadline passes or the task around them is cancelled.
///
/// FFmpeg asks the callback from inside the call that it may end, on the same thread; nothing is
/// shared between threads.
@safe
final class Patience {
  private let nanoseconds: Int64?
  private let deadline: UnsafeMutablePointer<Int64>

  /// - Parameter seconds: how long one read may take, nil for as long as it likes.
  init(seconds: Double?) {
    nanoseconds = seconds.map { Int64(min(max($0, 0.001), 1e6) * 1e9) }
    unsafe deadline = .allocate(capacity: 1)
    unsafe deadline.initialize(to: Int64.max)
    restart()
  }

  deinit { unsafe deadline.deallocate() }

  func restart() {
    if let nanoseconds { unsafe deadline.pointee = monotonicNanoseconds() + nanoseconds }
  }

  var isOver: Bool { unsafe Task.isCancelled || monotonicNanoseconds() > deadline.pointee }

  /// For `AVFormatContext`; valid as long as this object lives.
  var callback: AVIOInterruptCB {
    unsafe AVIOInterruptCB(
      callback: { opaque in
        guard let opaque = unsafe opaque else { return 0 }
        let deadline = unsafe opaque.assumingMemoryBound(to: Int64.self).pointee
        return Task.isCancelled || monotonicNanoseconds() > deadline ? 1 : 0
      }, opaque: UnsafeMutableRawPointer(deadline))
  }
}

private func monotonicNanoseconds() -> Int64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
