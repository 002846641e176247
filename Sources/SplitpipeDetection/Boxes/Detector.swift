package import SplitpipeCore

/// Turns a detector's raw output into boxes of the frame.
package struct Detector: Sendable {
  package let kind: DetectorKind
  package let classCount: Int
  package let settings: DetectionSettings

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
  /// - Throws: `badData` when the output has not the shape of the kind.
  package func detect(_ output: Tensor<Float>, letterbox: Letterbox) throws -> [Detection] {
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
  /// - Throws: `badData` when the output has not the shape of the kind.
  package func candidates(
    in output: Tensor<Float>, letterbox: Letterbox, confidence: Float
  ) throws -> Candidates {
    let decoder = try BoxDecoder(
      kind: kind, classCount: classCount, shape: output.shape, input: letterbox.input)
    return Candidates(
      decoder: decoder, output: output, letterbox: letterbox, confidence: confidence)
  }
}
