/// Which boxes of a detector's output are kept.
///
/// The meaning of each value is that of the official YOLOv5 `non_max_suppression`.
public struct DetectionSettings: Hashable, Sendable {
  /// Objectness, and objectness times class score, must be greater than this. At least 0.
  public var confidence: Float
  /// A box is dropped when its intersection over union with a better one of its class is greater.
  public var overlap: Double
  /// Every class above the confidence makes a box of its own; otherwise only the best class does.
  public var multiLabel: Bool
  /// The number of best-scored boxes that take part in the suppression.
  public var maximumCandidates: Int
  /// The number of boxes kept per frame.
  public var maximumDetections: Int
  /// Class indices whose boxes are kept; nil for all.
  public var classes: Set<Int>?

  /// - Precondition: `confidence` is a number of at least 0, both maxima are at least 0.
  public init(
    confidence: Float, overlap: Double, multiLabel: Bool, maximumCandidates: Int = 30000,
    maximumDetections: Int, classes: Set<Int>? = nil
  ) {
    precondition(confidence >= 0, "confidence is a number of at least 0")
    precondition(maximumCandidates >= 0 && maximumDetections >= 0, "maxima are at least 0")
    self.confidence = confidence
    self.overlap = overlap
    self.multiLabel = multiLabel
    self.maximumCandidates = maximumCandidates
    self.maximumDetections = maximumDetections
    self.classes = classes
  }

  /// Whether boxes of a class are kept.
  package func keeps(_ classIndex: Int) -> Bool { classes?.contains(classIndex) ?? true }

  /// What is shown to people: confidence 0.25, IoU 0.45, one class per box, at most 1000 boxes.
  public static let display = DetectionSettings(
    confidence: 0.25, overlap: 0.45, multiLabel: false, maximumDetections: 1000)

  /// What is scored: confidence 0.001, IoU 0.6, every class of a box, at most 300 boxes.
  public static let evaluation = DetectionSettings(
    confidence: 0.001, overlap: 0.6, multiLabel: true, maximumDetections: 300)
}
