package import SplitpipeCore
internal import Synchronization

/// Sums over the frames of a run, filled by the stages as frames pass.
package final class RunLedger: Sendable {
  package struct Totals: Sendable {
    /// Frames decoded.
    package var frames = 0
    package var sourceBytes = 0
    /// Frames that crossed the cut, and their bytes.
    package var sentFrames = 0
    package var rawBytes = 0
    package var wireBytes = 0
    package var coefficients = 0
    /// Frames that lean on no other, and coefficients outside the range of their code.
    package var keyFrames = 0
    package var clamped = 0
    /// Frames compared with the one before, and the sums of what was measured.
    package var comparedFrames = 0
    package var rangeRatio = 0.0
    package var unchangedFraction = 0.0
    /// Boxes found, by class index, and those of the last frame.
    package var boxes: [Int: Int] = [:]
    package var lastDetections: [Detection] = []
  }

  private let state = Mutex(Totals())

  package init() {}

  package var totals: Totals { state.withLock { $0 } }

  func decoded(_ frame: Frame) {
    state.withLock {
      $0.frames += 1
      $0.sourceBytes += frame.sourceBytes
    }
  }

  func crossed(_ frontier: Frontier) {
    state.withLock { state in
      state.sentFrames += 1
      state.rawBytes += frontier.rawBytes
      state.coefficients += frontier.rawBytes / 4
    }
  }

  func quantized(isKey: Bool, clamped: Int) {
    state.withLock { state in
      state.keyFrames += isKey ? 1 : 0
      state.clamped += clamped
    }
  }

  func sent(bytes: Int) { state.withLock { $0.wireBytes += bytes } }

  func found(_ detections: [Detection]) {
    state.withLock { state in
      for detection in detections { state.boxes[detection.classIndex, default: 0] += 1 }
      state.lastDetections = detections
    }
  }

  func changed(_ change: TemporalChange) {
    state.withLock {
      $0.comparedFrames += 1
      $0.rangeRatio += change.rangeRatio
      $0.unchangedFraction += change.unchangedFraction
    }
  }
}
