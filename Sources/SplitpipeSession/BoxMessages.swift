import SplitpipeCore
import SplitpipeProtocol

extension Splitpipe_V1_Box {
  /// A box as it travels: every float to the last bit.
  init(_ detection: Detection) {
    self.init()
    x0 = detection.box.x1
    y0 = detection.box.y1
    x1 = detection.box.x2
    y1 = detection.box.y2
    `class` = UInt32(clamping: detection.classIndex)
    score = detection.confidence
  }

  /// The box that came.
  ///
  /// - Parameter classCount: classes of the model.
  /// - Returns: every float to the last bit.
  /// - Throws: `failedPrecondition` for one that is no box of this model.
  func detection(classCount: Int) throws(SessionProblem) -> Detection {
    guard [x0, y0, x1, y1, score].allSatisfy(\.isFinite), Int(`class`) < classCount else {
      throw SessionProblem(
        .failedPrecondition,
        "the server sent a box that is none: (\(x0), \(y0), \(x1), \(y1)), score \(score), class "
          + "\(`class`) of \(classCount)")
    }
    return Detection(
      box: SplitpipeCore.Box(x1: x0, y1: y0, x2: x1, y2: y1), confidence: score,
      classIndex: Int(`class`))
  }
}
