/// Decides, before the head is run, whether a frame is worth it: one that would only wait behind
/// others grows old, and is better left out, where no other leans on it yet.
///
/// The window is governed by delay, as that of TCP Vegas: Brakmo, O'Malley and Peterson, "TCP Vegas",
/// SIGCOMM 1994. While frames come back nearly as fast as the fastest did, and well within the budget, it
/// grows by one; when they wait, or use the budget up, it shrinks by one, and does not try again for a
/// while. It is never less than two, with which a link is full while one frame is worked on.
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
  /// How long it does not grow after it has shrunk, and until when.
  private var patience = Gate.leastPatience
  private var growsFrom: MonotonicTime?

  private static let leastPatience: Duration = .seconds(5)
  private static let mostPatience: Duration = .seconds(60)

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

  /// A frame has come back.
  ///
  /// - Parameters:
  ///   - time: since its capture; nil where it is lost.
  ///   - now: when.
  package mutating func answered(after time: Duration?, at now: MonotonicTime) {
    underWay = max(0, underWay - 1)
    guard let time else { return }
    // The fastest is forgotten slowly: a path may become longer.
    let fastest = min(self.fastest.map { $0 + $0 / 256 } ?? time, time)
    self.fastest = fastest
    let waited = time - fastest
    if waited > budget / 3 || time > budget * 9 / 10 {
      shrink(at: now)
    } else if wasFull, waited < budget / 8, time <= budget * 4 / 5,
      growsFrom.map({ $0 <= now }) ?? true
    {
      window = min(mostWindow, window + 1)
    }
    wasFull = false
  }

  private mutating func shrink(at now: MonotonicTime) {
    guard window > Self.leastWindow else { return }
    window -= 1
    // Those that follow were sent with the larger window, too: they say nothing new.
    if growsFrom.map({ $0 <= now }) ?? true {
      // It had grown for nothing; after a long time it may be another path.
      let isSoon = growsFrom.map { now < $0 + patience } ?? false
      patience = isSoon ? min(patience * 2, Self.mostPatience) : Self.leastPatience
    }
    growsFrom = now + patience
  }
}

extension MonotonicTime {
  fileprivate static func - (time: MonotonicTime, duration: Duration) -> MonotonicTime {
    MonotonicTime(microseconds: time.microseconds - duration.microseconds)
  }
}
