import SplitpipeCore
package import SplitpipeDetection
internal import Synchronization

/// The scores of a run, shared between the stage that fills them and the report.
package final class ScoreBoard: Sendable {
  private let scorer: Mutex<COCOScorer>

  init(classCount: Int) { scorer = Mutex(COCOScorer(classCount: max(1, classCount))) }

  /// Frames scored so far.
  package var frames: Int { scorer.withLock { $0.images } }

  func add(frame: Int, _ detections: [Detection], against objects: [TruthObject]) {
    scorer.withLock { $0.add(image: frame, detections: detections, truths: objects) }
  }

  /// COCO's numbers over the frames so far; nil where none was scored.
  package func result() -> COCOResult? {
    scorer.withLock { $0.images == 0 ? nil : $0.result() }
  }
}
