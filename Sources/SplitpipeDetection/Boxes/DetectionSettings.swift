/// Which boxes of a detector's output are kept.
///
/// The meaning of each value is that of the official YOLOv5 `non_max_suppression`.
package struct DetectionSettings: Hashable, Sendable {
  /// Objectness, and objectness times class score, must be greater than this. At least 0.
  package var confidence: Float
  /// A box is dropped when its intersection over union with a better one of its class is greater.
  package var overlap: Double
  /// Every class above the confidence makes a box of its own; otherwise only the best class does.
  package var multiLabel: Bool
  /// The number of best-scored boxes that take part in the suppression.
  package var maximumCandidates: Int
  /// The number of boxes kept per frame.
  package var maximumDetections: Int

  /// - Precondition: `confidence` is a number of at least 0, both maxima are at least 0.
  package init(
    confidence: Float, overlap: Double, multiLabel: Bool, maximumCandidates: Int = 30000,
    maximumDetections: Int
  ) {
    precondition(confidence >= 0, "confidence is a number of at least 0")
    precondition(maximumCandidates >= 0 && maximumDetections >= 0, "maxima are at least 0")
    self.confidence = confidence
    self.overlap = overlap
    self.multiLabel = multiLabel
    self.maximumCandidates = maximumCandidates
    self.maximumDetections = maximumDetections
  }

  /// What is shown to people: confidence 0.25, IoU 0.45, one class per box, at most 1000 boxes.
  package static let display = DetectionSettings(
    confidence: 0.25, overlap: 0.45, multiLabel: false, maximumDetections: 1000)

  /// What is scored: confidence 0.001, IoU 0.6, every class of a box, at most 300 boxes.
  package static let evaluation = DetectionSettings(
    confidence: 0.001, overlap: 0.6, multiLabel: true, maximumDetections: 300)
}
