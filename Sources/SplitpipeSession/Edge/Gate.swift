/// Decides, before the head is run, whether a frame is worth it: one that would only wait behind
/// others grows old, and is better left out, where no other leans on it yet.
///
/// The window is governed by delay, as that of TCP Vegas: Brakmo, O'Malley and Peterson, "TCP Vegas",
/// SIGCOMM 1994. While frames come back nearly as fast as the fastest did, it grows by one; when they
/// take a part of the budget longer, it shrinks by one; it is never less than two, with which a link is
/// full while one frame is worked on.
package struct Gate: Sendable {
  /// Frames under way, from the head on, at most.
  package private(set) var window = Gate.leastWindow
  /// Frames under way.
  package private(set) var underWay = 0
  /// Whether there is someone to send to.
  package var isConnected = false
  /// Frames a second that the server takes at most; nil for any.
  package var maximumRate: Double?
  private let budget: Duration
  private let mostWindow: Int
  private var fastest: Duration?
  private var wasFull = false
  private var nextAdmission: MonotonicTime?

  /// The least window.
  package static let leastWindow = 2

  /// - Parameters:
  ///   - budget: from the capture of a frame to its boxes.
  ///   - mostWindow: frames under way at most, whatever the delay.
  package init(budget: Duration, mostWindow: Int) {
    self.budget = budget
    self.mostWindow = max(Self.leastWindow, mostWindow)
  }

  /// Whether a frame may pass now.
  package func isOpen(at time: MonotonicTime) -> Bool {
    isConnected && underWay < window && nextAdmission.map { $0 <= time } ?? true
  }

  /// When the rate lets the next frame pass; nil where the rate is not what holds it up.
  package var opensAt: MonotonicTime? { isConnected && underWay < window ? nextAdmission : nil }

  /// A frame has passed.
  package mutating func admitted(at time: MonotonicTime) {
    underWay += 1
    if underWay >= window { wasFull = true }
    guard let rate = maximumRate, rate > 0 else { return }
    let interval = Duration.microseconds(Int64(1_000_000 / rate))
    // A frame that is a little late does not put off those after it.
    let due = nextAdmission.map { max($0, time - interval) } ?? time
    nextAdmission = due + interval
  }

  /// A frame has come back; nil where it is lost.
  package mutating func answered(after time: Duration?) {
    underWay = max(0, underWay - 1)
    guard let time else { return }
    // The fastest is forgotten slowly: a path may become longer.
    let fastest = min(self.fastest.map { $0 + $0 / 256 } ?? time, time)
    self.fastest = fastest
    let waited = time - fastest
    if waited > budget / 3 {
      window = max(Self.leastWindow, window - 1)
    } else if waited < budget / 8, wasFull {
      window = min(mostWindow, window + 1)
    }
    wasFull = false
  }
}

extension MonotonicTime {
  fileprivate static func - (time: MonotonicTime, duration: Duration) -> MonotonicTime {
    MonotonicTime(microseconds: time.microseconds - duration.microseconds)
  }
}
