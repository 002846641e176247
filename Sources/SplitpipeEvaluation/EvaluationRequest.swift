import SplitpipeCodec
package import SplitpipeCore
package import SplitpipeMedia
package import SplitpipeModel

/// What a user asks of one sweep.
package struct EvaluationRequest: Sendable {
  /// Without labels the boxes of the unsplit model are the reference.
  package var data: DatasetRequest
  package var model: String
  /// The model that `unsplit` and the baselines stand for, whose boxes are the reference where there are no
  /// labels; nil for the model itself.
  package var reference: String?
  /// Where the model is cut; none for the model's default.
  package var splits: [String] = []
  package var bits = [2, 3, 4, 5, 6, 7, 8]
  package var codecs = ["rle"]
  /// How values become codes, as `QuantizerSettings.parse` reads it.
  package var quantizers = ["paper"]
  /// Frames of a video from one key frame to the next at the latest.
  package var keyInterval = KeySchedule.usualInterval
  package var precision = Precision.auto
  /// Quantize and count only the tensor that the split names; see `SweepUnit`.
  package var onlyNamed = false
  /// Images used at most; nil uses all.
  package var limit: Int?
  /// Where in a video reading begins, and how many of its frames are read.
  package var reading = SourceSettings()
  /// Qualities of the JPEG baseline; empty for none.
  package var jpegQualities: [Int] = []
  /// Constant rate factors of the H.264 baseline; empty for none.
  package var h264Factors: [Int] = []
  /// How pictures become the network's input.
  package var input = InputSettings()
  package var summary: String?
  package var report: String?
  /// The bit depth that the report looks at closely; nil lets the report choose.
  package var reportBits: Int?
  /// Continue from the state that an interrupted sweep left.
  package var resume = false

  package init(dataset: String, model: String) {
    data = DatasetRequest(dataset)
    self.model = model
  }

  /// Where the state of an unfinished sweep lies; nil where nothing says which file it belongs to.
  package var statePath: String? { (summary ?? report).map { $0 + ".sweep" } }

  /// Which frames of a video are used, in words; nil where all are.
  var frames: String? {
    guard reading != SourceSettings() else { return nil }
    return "one of every \(reading.every) from \(reading.start) s on"
  }

  package static let jpegQualities = [10, 20, 30, 40, 50, 60, 70, 80, 90, 95]
  package static let h264Factors = [18, 23, 28, 33, 38, 42, 45]
}
