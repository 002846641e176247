package import SplitpipeDetection

/// What `splitpipe evaluate --summary` writes; the keys are the command line's contract.
package struct EvaluationSummary: Encodable, Sendable {
  /// Under `map50` and `map50_95` for boxes, `top1` and `top5` for classes.
  package struct Accuracy: Sendable {
    package var isDetection: Bool
    /// mAP at overlap 0.5, or top-1; nil where nothing is to be found.
    package var first: Double?
    /// mAP over overlaps 0.5 to 0.95, or top-5; nil where nothing is to be found.
    package var second: Double?
    /// COCOeval's twelve numbers, for boxes.
    package var statistics: COCOStatistics?
    /// AP over overlaps 0.5 to 0.95 of the classes that have objects, or top-1 of the classes that
    /// have pictures; by name.
    package var perClass: [String: Double]?

    /// The one to compare rows by: mAP50-95, or top-1.
    package var headline: Double? { isDetection ? second : first }
  }

  package struct Row: Sendable {
    package var split: String
    package var bits: Int
    package var codec: String
    package var accuracy: Accuracy
    /// Mean float32 and coded bytes of a picture's tensors.
    package var rawBytes: Double
    package var codedBytes: Double
    package var bitsPerCoefficient: Double
    /// Names of the tensors counted.
    package var tensors: [String]
    /// As `--quantizer` takes it.
    package var quantizer = "paper"
    /// Share of the values that lay outside their range, 0…1; nil where none can.
    package var clampedFraction: Double?
    /// Whether no other row has fewer bytes and is as accurate, or is more accurate at as many.
    package var pareto = false

    /// What the row is, for people.
    package var setting: String {
      "\(split) at \(bits) bits" + (quantizer == "paper" ? "" : ", \(quantizer)")
    }
  }

  package struct Baseline: Sendable {
    package var kind: String
    package var setting: Int
    package var accuracy: Accuracy
    package var bytesPerFrame: Double
  }

  /// What every row has in common.
  package struct Rules: Encodable, Sendable {
    package var task: String
    /// Which frames of a video are used, in words; nil where all are.
    package var frames: String?
    package var preparation: String
    package var confidence: Double?
    package var iou: Double?
    package var maximumBoxes: Int?
    package var metrics: String
    /// Whether only the tensor that the split names is quantized and counted, as Carra & Neglia do;
    /// not a runnable cut where other tensors cross too.
    package var onlyNamed: Bool
    package var baselineSettings: [String: String]?
  }

  package var dataset: String
  /// Pictures that every row is the mean of.
  package var images: Int
  /// Pictures of the dataset.
  package var total: Int
  /// False while the sweep runs, and where it was interrupted.
  package var complete: Bool
  package var model: String
  package var precision: String
  package var engine: String
  package var version: String
  package var `protocol`: Rules
  /// Mean bytes of a picture as the dataset holds it.
  package var sourceBytes: Double
  /// What answers are scored against: `truth`, or `unsplit` where there are no labels.
  package var reference = "truth"
  package var unsplit: Accuracy
  package var rows: [Row]
  package var baselines: [Baseline]
  package var skipped: [SkippedImage]
  package var notes: [String]
  /// Of this run, compilation included.
  package var seconds: Double
  /// What its parts took, over all workers: pictures are evaluated side by side, so the sum is
  /// longer than `seconds`. Heads, tails and the unsplit model without compiling them.
  package var stageSeconds: [String: Double]
}

extension EvaluationSummary.Accuracy: Encodable {
  private enum Keys: String, CodingKey {
    case map50, map50_95, top1, top5, statistics, perClass
  }

  /// Writes every key of the task; a number that does not exist is null.
  package func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: Keys.self)
    try keys.encode(first, forKey: isDetection ? .map50 : .top1)
    try keys.encode(second, forKey: isDetection ? .map50_95 : .top5)
    try keys.encodeIfPresent(statistics, forKey: .statistics)
    try keys.encodeIfPresent(perClass, forKey: .perClass)
  }
}

extension EvaluationSummary.Row: Encodable {
  private enum Keys: String, CodingKey {
    case split, bits, codec, quantizer, bytesPerFrame, bitsPerCoefficient, clampedFraction, pareto
    case tensors
  }

  private struct Bytes: Encodable {
    let raw: Double
    let coded: Double
  }

  package func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: Keys.self)
    try keys.encode(split, forKey: .split)
    try keys.encode(bits, forKey: .bits)
    try keys.encode(codec, forKey: .codec)
    try keys.encode(quantizer, forKey: .quantizer)
    try keys.encode(Bytes(raw: rawBytes, coded: codedBytes), forKey: .bytesPerFrame)
    try keys.encode(bitsPerCoefficient, forKey: .bitsPerCoefficient)
    try keys.encodeIfPresent(clampedFraction, forKey: .clampedFraction)
    try keys.encode(pareto, forKey: .pareto)
    try keys.encode(tensors, forKey: .tensors)
    try accuracy.encode(to: encoder)
  }
}

extension EvaluationSummary.Baseline: Encodable {
  private enum Keys: String, CodingKey {
    case kind, setting, bytesPerFrame
  }

  package func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: Keys.self)
    try keys.encode(kind, forKey: .kind)
    try keys.encode(setting, forKey: .setting)
    try keys.encode(bytesPerFrame, forKey: .bytesPerFrame)
    try accuracy.encode(to: encoder)
  }
}
