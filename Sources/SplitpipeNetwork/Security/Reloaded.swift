internal import Glibc
import SplitpipeSession
internal import Synchronization

/// A value made of files, made again when they have changed: keys are replaced without a restart.
final class Reloaded<Value: Sendable>: Sendable {
  private struct Stamp: Equatable {
    let seconds: Int
    let nanoseconds: Int
    let size: Int
    let node: UInt
  }

  private struct State {
    var value: Value
    var stamps: [Stamp?]
    var checked: MonotonicTime
  }

  private let paths: [String]
  private let make: @Sendable () throws -> Value
  private let log: @Sendable (String) -> Void
  private let state: Mutex<State>
  /// How often the files are looked at, at most.
  private static var interval: Duration { .seconds(1) }

  /// - Parameters:
  ///   - paths: the files.
  ///   - log: takes a sentence when they were read again, or could not be.
  ///   - make: reads them.
  /// - Throws: what reading them throws.
  init(
    _ paths: [String], log: @escaping @Sendable (String) -> Void,
    make: @escaping @Sendable () throws -> Value
  ) throws {
    self.paths = paths
    self.make = make
    self.log = log
    let stamps = paths.map(Self.stamp)
    state = Mutex(State(value: try make(), stamps: stamps, checked: .now))
  }

  /// The value of the files as they are now; the one before where they cannot be used.
  var current: Value {
    state.withLock { state in
      let now = MonotonicTime.now
      guard state.checked + Self.interval <= now else { return state.value }
      state.checked = now
      let stamps = paths.map(Self.stamp)
      guard stamps != state.stamps else { return state.value }
      state.stamps = stamps
      let names = paths.joined(separator: ", ")
      do {
        state.value = try make()
        log("read again: \(names)")
      } catch {
        log("\(error); what \(names) held before stays in use")
      }
      return state.value
    }
  }

  private static func stamp(_ path: String) -> Stamp? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return Stamp(
      seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec,
      size: Int(status.st_size), node: UInt(status.st_ino))
  }
}
