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
  var detection: Detection {
    Detection(
      box: SplitpipeCore.Box(x1: x0, y1: y0, x2: x1, y2: y1), confidence: score,
      classIndex: Int(`class`))
  }
}
