import SplitpipeCore
internal import Synchronization

/// Gathers what is known of a frame as the stages pass it, and hands it out once every leaf of the
/// graph has seen it.
///
/// Leaves see frames in order and a leaf is held up while a frame is handed out, so frames are
/// handed out one at a time and in order.
final class FinishLine: Sendable {
  private struct Frame {
    var record: FrameRecord
    /// By position of the stage.
    var durations: [Duration?]
    var leavesToCome: Int
  }

  private struct State {
    /// Frames on their way, by index.
    var underWay: [Int: Frame] = [:]
    var frames = 0
  }

  private let stages: [ActiveStage]
  private let leaves: Set<Int>
  private let collected: SlotSet
  private let report: @Sendable (FrameRecord) -> Void
  private let state = Mutex(State())

  /// - Parameters:
  ///   - stages: the stages taking part.
  ///   - collected: the slots that a frame keeps up to the finish line.
  ///   - report: takes each frame that is done.
  init(
    _ stages: [ActiveStage], collecting collected: SlotSet,
    report: @escaping @Sendable (FrameRecord) -> Void
  ) {
    self.stages = stages
    self.collected = collected
    self.report = report
    leaves = Set(stages.indices).subtracting(stages.flatMap(\.inputs))
  }

  /// Frames that are done.
  var frames: Int { state.withLock { $0.frames } }

  /// A stage has done its work on a frame.
  func passed(
    _ record: FrameRecord, at position: Int, filling slots: SlotSet, after time: Duration
  ) {
    let index = record.stamp.index
    let done = state.withLock { state -> Frame? in
      var frame =
        state.underWay.removeValue(forKey: index)
        ?? Frame(
          record: FrameRecord(stamp: record.stamp),
          durations: Array(repeating: nil, count: stages.count), leavesToCome: leaves.count)
      frame.record.take(collected.intersection(slots), from: record)
      frame.durations[position] = time
      if leaves.contains(position) { frame.leavesToCome -= 1 }
      guard frame.leavesToCome == 0 else {
        state.underWay[index] = frame
        return nil
      }
      state.frames += 1
      return frame
    }
    guard var done else { return }
    done.record.durations = zip(stages, done.durations).compactMap { stage, time in
      time.map { (stage.name, $0) }
    }
    report(done.record)
  }
}
