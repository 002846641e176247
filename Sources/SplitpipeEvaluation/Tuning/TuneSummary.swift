/// What `splitpipe tune --summary` writes.
package struct TuneSummary: Encodable, Sendable {
  /// One setting that was tried.
  package struct Point: Encodable, Sendable {
    package var round: Int
    package var split: String
    package var bits: Int
    package var codec: String
    /// As `--quantizer` takes it.
    package var quantizer: String
    /// Mean bytes of a frame on the wire.
    package var bytesPerFrame: Double
    package var bitsPerCoefficient: Double
    package var map50: Double?
    package var map50_95: Double?
    /// Share of values outside their range, 0…1; nil where none can be.
    package var clampedFraction: Double?
    /// Whether it keeps the floor.
    package var passes: Bool
    /// Whether no other tried setting has fewer bytes and is as accurate.
    package var pareto: Bool
  }

  package var input: String
  package var model: String
  package var precision: String
  package var engine: String
  package var version: String
  package var codec: String
  package var keyInterval: Int
  /// Frames that every point is the mean of.
  package var frames: Int
  /// `truth` or `unsplit`.
  package var reference: String
  package var metric: String
  /// As it was asked for.
  package var floor: String
  /// The mAP that a setting must keep.
  package var floorValue: Double
  package var unsplit: EvaluationSummary.Accuracy
  /// In the order they were tried.
  package var points: [Point]
  /// The cheapest that keeps the floor; nil where none does.
  package var best: Point?
  /// What runs it; nil where there is none.
  package var command: String?
  /// False while the search goes on, and where it was interrupted.
  package var complete: Bool
  package var notes: [String]
  package var skipped: [SkippedImage]
  /// Of this run.
  package var seconds: Double
}
