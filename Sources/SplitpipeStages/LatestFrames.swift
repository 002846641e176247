import SplitpipeConcurrency
import SplitpipeCore
import SplitpipeSession

/// Reads a source in its own time and keeps the newest frame alone: who comes late gets what is now, not
/// what was.
///
/// A file is read at the pace of its time stamps, as a camera would have sent it.
final class LatestFrames: Sendable {
  /// A frame and when it was there.
  struct Captured: Sendable {
    let frame: Frame
    let time: MonotonicTime
    /// Frames left out since the one taken before.
    let skipped: Int
  }

  private struct State: Sendable {
    var newest: (frame: Frame, time: MonotonicTime)?
    var skipped = 0
    var end: Result<Void, any Error>?
    var isAbandoned = false
  }

  private let state = Monitor(State())
  /// However far time stamps leap.
  private static let longestWait: Duration = .seconds(10)

  /// Reads to the end, on the thread of the task that calls this.
  ///
  /// - Parameters:
  ///   - source: of which nobody else reads.
  ///   - limit: frames at most; nil for all.
  func read(_ source: any FrameSource, limit: Int?) async {
    var start: (wall: MonotonicTime, seconds: Double)?
    var count = 0
    do {
      while limit.map({ count < $0 }) ?? true, let frame = try source.next() {
        let now = MonotonicTime.now
        let from = start ?? (now, frame.stamp.seconds)
        start = from
        let due = from.wall + .seconds(frame.stamp.seconds - from.seconds)
        let wait = min(due.microseconds(since: now), Self.longestWait.microseconds)
        if wait > 0 { try await Task.sleep(for: .microseconds(wait)) }
        count += 1
        let isAbandoned = state.change { state in
          if state.newest != nil { state.skipped += 1 }
          state.newest = (frame, .now)
          return state.isAbandoned
        }
        if isAbandoned { break }
      }
      state.change { $0.end = .success(()) }
    } catch {
      state.change { $0.end = .failure(error) }
    }
  }

  /// The newest frame; suspends until there is one that was not taken yet.
  ///
  /// - Returns: nil at the end of the source.
  /// - Throws: what reading throws; `CancellationError`.
  func next() async throws -> Captured? {
    let taken: Captured? = try await state.when { state in
      if let newest = state.newest {
        defer {
          state.newest = nil
          state.skipped = 0
        }
        return .some(Captured(frame: newest.frame, time: newest.time, skipped: state.skipped))
      }
      guard let end = state.end else { return nil }
      try end.get()
      return .some(nil)
    }
    return taken
  }

  /// Nobody takes frames any more.
  func abandon() { state.change { $0.isAbandoned = true } }
}
