import SplitpipeSession
import SplitpipeStatistics

/// A server's answers added up.
struct LinkTally: Sendable {
  private(set) var shed = 0
  private(set) var lost = 0
  private(set) var endToEnd = DurationHistogram()
  private(set) var queue = DurationHistogram()
  private(set) var restore = DurationHistogram()
  private(set) var tail = DurationHistogram()

  mutating func add(_ answer: RemoteAnswer) {
    switch answer.outcome {
    case .shed: shed += 1
    case .lost: lost += 1
    case .refused: break
    case .detected:
      guard let timing = answer.timing else { return }
      endToEnd.record(timing.endToEnd)
      queue.record(timing.queue)
      restore.record(timing.restore)
      tail.record(timing.tail)
    }
  }
}
