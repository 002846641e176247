import SplitpipeCodec
import SplitpipeCore
import SplitpipeEndpoints

/// What the tasks of a session at the edge share, apart from any concurrency.
struct EdgeState: Sendable {
  /// A frame that was handed over and whose answer was not taken yet.
  struct Entry: Sendable {
    let frame: OutgoingFrame
    /// Of the packet that is under way; nil while the frame waits to be sent.
    var sent: (sequence: UInt32, bytes: Int)?
    /// Known once a packet was made of the frame.
    var cost: PacketCost?
    var change: TemporalChange?
    /// Whether `change` was looked for, which is done once.
    var isObserved = false
    var answer: RemoteAnswer?

    init(_ frame: OutgoingFrame, isLost: Bool) {
      self.frame = frame
      if isLost { answer = answer(.lost, nil) }
    }

    func answer(_ outcome: RemoteAnswer.Outcome, _ timing: RemoteTiming?) -> RemoteAnswer {
      RemoteAnswer(
        stamp: frame.stamp, outcome: outcome, cost: cost, change: change, timing: timing)
    }
  }

  /// In the order in which they were handed over.
  var entries: [Entry] = []
  var gate: Gate
  var statistics = LinkStatistics()
  var clock = ClockEstimate()
  /// No more frames come.
  var isFinished = false
  /// What the server has against this session from its beginning.
  var refused: SplitpipeError?
  /// What ended it later.
  var breakage: SplitpipeError?
  /// No more frames are to be taken from the source.
  var isStopping = false
  /// The last connection is closed, and there will be no other.
  var isClosed = false
  /// When something was last heard of the server.
  var lastHeard = MonotonicTime.now

  init(gate: Gate) { self.gate = gate }

  /// Whether nothing will be sent any more.
  var isOver: Bool { breakage != nil }

  /// Whether the source is to make no more frames.
  var takesNoMore: Bool { isOver || isStopping || refused != nil }

  /// Whether all frames have their answers and no more come.
  var isDone: Bool { isFinished && entries.allSatisfy { $0.answer != nil } }

  /// Packets under way.
  var unacknowledged: (frames: Int, bytes: Int) {
    entries.reduce((0, 0)) { sum, entry in
      guard let sent = entry.sent, entry.answer == nil else { return sum }
      return (sum.0 + 1, sum.1 + sent.bytes)
    }
  }

  /// The first frame that waits to be sent.
  var firstWaiting: Int? { entries.firstIndex { $0.sent == nil && $0.answer == nil } }

  /// Gives a frame its answer.
  ///
  /// - Parameters:
  ///   - index: the frame's.
  ///   - outcome: what came of it.
  ///   - timing: where the time went.
  /// - Returns: false where the frame has its answer, or is not known.
  @discardableResult
  mutating func answer(
    frame index: Int, _ outcome: RemoteAnswer.Outcome, timing: RemoteTiming?
  ) -> Bool {
    guard let place = place(of: index) else { return false }
    entries[place].answer = entries[place].answer(outcome, timing)
    gate.answered(after: timing?.endToEnd, at: .now)
    return true
  }

  /// Where a frame without an answer is.
  func place(of index: Int) -> Int? {
    entries.firstIndex { $0.frame.stamp.index == index && $0.answer == nil }
  }

  /// A packet and all that lean on it are to be sent again.
  mutating func rewind(to sequence: UInt32) {
    for place in entries.indices where entries[place].answer == nil {
      if let sent = entries[place].sent, sent.sequence >= sequence { entries[place].sent = nil }
    }
  }

  /// The connection is gone.
  ///
  /// - Parameter keepingFrames: whether frames without an answer are to be sent on the next; else they
  ///   are lost.
  mutating func disconnect(keepingFrames: Bool) {
    gate.isConnected = false
    for place in entries.indices where entries[place].answer == nil {
      if keepingFrames {
        entries[place].sent = nil
      } else {
        entries[place].answer = entries[place].answer(.lost, nil)
        gate.answered(after: nil, at: .now)
      }
    }
  }

  /// Nothing will be sent any more; frames without an answer are lost.
  mutating func breakOff(_ error: SplitpipeError) {
    breakage = error
    disconnect(keepingFrames: false)
  }
}
