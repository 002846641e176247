package import SplitpipeCodec
package import SplitpipeCore
package import SplitpipeDetection
package import SplitpipeFiles
import SplitpipeModel

/// What the stages of one run share.
package struct RunContext: Sendable {
  package var source: any FrameSource
  package var model: SplitModel
  package var codec: CodecSettings
  package var quantizer = QuantizerSettings.paper
  /// Frames from one key frame to the next at the latest.
  package var keyInterval = KeySchedule.usualInterval
  /// Carries the restoring side's wish for a key frame to the quantizing one.
  package let keyRequest = KeyRequest()
  /// Names model and split on the wire.
  package var fingerprint: CutFingerprint
  /// Frames to read; nil reads all.
  package var frames: Int?
  /// Labels to score against; nil scores against the unsplit model.
  package var truth: Truth?
  /// Receives annotated frames, where asked for.
  package var annotated: (any AnnotatedFrameSink)?
  /// Receives detections as JSON lines, where asked for.
  package var detections: OutputFile?
  package let ledger = RunLedger()
  package let scores: ScoreBoard

  package init(
    source: any FrameSource, model: SplitModel, codec: CodecSettings, fingerprint: CutFingerprint
  ) {
    self.source = source
    self.model = model
    self.codec = codec
    self.fingerprint = fingerprint
    scores = ScoreBoard(classCount: model.model.classNames.count)
  }

  /// A detector for the model's head.
  ///
  /// - Parameter settings: which boxes it keeps.
  /// - Returns: the detector.
  /// - Throws: `badData` where the model is no detector splitpipe knows.
  func detector(_ settings: DetectionSettings) throws -> Detector {
    guard let kind = model.model.detector else {
      throw SplitpipeError(
        .badData,
        "the output of \(model.model.name) matches no detector splitpipe knows "
          + "(YOLOv5, YOLOX, YOLOv8); splitpipe models inspect shows what it is")
    }
    return Detector(kind: kind, classCount: model.model.classNames.count, settings: settings)
  }
}
