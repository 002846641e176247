package import SplitpipeMedia
package import SplitpipeModel
package import SplitpipeTraining

/// What a user asks of the training of a bottleneck.
package struct BottleneckRequest: Sendable {
  /// Folders of pictures, videos, datasets; no labels are looked at.
  package var data: [String]
  package var model: String
  /// nil for the model's default.
  package var split: String?
  /// Where the model with the bottleneck goes; nil for none.
  package var output: String?
  package var kind = BottleneckShape.Kind.linear
  /// nil where `share` says it, or for the usual number.
  package var channels: Int?
  package var stride = 2
  /// Of the coefficients of each tensor that crosses, 0…1.
  package var share: Double?
  package var bits = 4
  package var tuned = TunedPart.bottleneck
  package var budget = BottleneckTrainer.Budget.seconds(600)
  /// How much a bit a coefficient counts; see `BottleneckLoss.rate`.
  package var entropyWeight = 0.0
  /// Whether the error of channels counts by what they have to do with the answers.
  package var weighsImportance = false
  package var seed: UInt64 = 1
  /// Frames or pictures used at most of each of the data.
  package var limit: Int?
  package var reading = SourceSettings()
  package var input = InputSettings()
  package var summary: String?
  package var resume = false

  package init(data: [String], model: String, output: String?) {
    self.data = data
    self.model = model
    self.output = output
  }

  /// Where an interrupted training is kept.
  package var checkpointPath: String? { output.map { $0 + ".training" } }

  /// Channels where nobody says how many.
  package static let usualChannels = 12
}
