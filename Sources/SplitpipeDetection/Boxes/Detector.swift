public import SplitpipeCore

/// Turns a detector's raw output into boxes of the frame.
public struct Detector: Sendable {
  package let kind: DetectorKind
  /// Classes it tells apart.
  public let classCount: Int
  /// Which boxes it keeps.
  public let settings: DetectionSettings

  /// - Precondition: `classCount` is at least 1.
  package init(
    kind: DetectorKind, classCount: Int, settings: DetectionSettings = .display
  ) {
    precondition(classCount > 0, "a detector has at least one class")
    self.kind = kind
    self.classCount = classCount
    self.settings = settings
  }

  /// Finds the boxes of one frame.
  ///
  /// Boxes whose numbers are not finite are left out; `candidates(in:letterbox:confidence:)` counts
  /// them.
  ///
  /// - Parameters:
  ///   - output: 1×N×(5+classes), for yolov8 1×(4+classes)×N, for end-to-end 1×N×6; see `DetectorKind`.
  ///   - letterbox: how the frame lay in the model's input.
  /// - Returns: boxes in frame pixels, best first.
  /// - Throws: `badData` when the output has not the shape of the kind, or scores that are no
  ///   probabilities.
  public func detect(_ output: Tensor<Float>, letterbox: Letterbox) throws -> [Detection] {
    try candidates(in: output, letterbox: letterbox, confidence: settings.confidence)
      .detections(settings)
  }

  /// Scans the output once for several settings.
  ///
  /// - Parameters:
  ///   - output: as in `detect(_:letterbox:)`.
  ///   - letterbox: how the frame lay in the model's input.
  ///   - confidence: the least confidence of the settings to serve.
  /// - Returns: what `Candidates.detections(_:)` suppresses for each of the settings.
  /// - Throws: `badData` when the output has not the shape of the kind, or scores that are no
  ///   probabilities.
  package func candidates(
    in output: Tensor<Float>, letterbox: Letterbox, confidence: Float
  ) throws -> Candidates {
    let decoder = try BoxDecoder(
      kind: kind, classCount: classCount, shape: output.shape, input: letterbox.input)
    let candidates = Candidates(
      decoder: decoder, output: output, letterbox: letterbox, confidence: confidence)
    if let excess = candidates.excess { throw SplitpipeError.score(excess, kind: kind) }
    return candidates
  }
}

extension SplitpipeError {
  static func score(_ score: Float, kind: DetectorKind) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "the model's output has a score of \(score), expected probabilities from 0 to 1: it is read as "
        + "a \(kind.rawValue) detector and may be one of another task (keypoints, masks or angles "
        + "after the scores) or without its last sigmoid; splitpipe models inspect shows what it is, "
        + "and an export of a detection model is what it should be")
  }
}
