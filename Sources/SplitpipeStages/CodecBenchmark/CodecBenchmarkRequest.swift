package import SplitpipeCodec
package import SplitpipeCore
package import SplitpipeModel

/// What a user wants to have measured about codecs.
package struct CodecBenchmarkRequest: Sendable {
  /// A video, an image, a folder of images or an address.
  package var input: String
  /// A model file.
  package var model: String
  /// nil for the model's default.
  package var split: String?
  package var precision = Precision.auto
  package var bits: [BitDepth] = []
  package var codecs: [CodecName] = Self.usualCodecs
  package var quantizer = QuantizerSettings.paper
  /// How frames become the network's input.
  package var networkInput = InputSettings()
  /// Frames to measure; nil takes all.
  package var frames: Int?
  /// Frames passed over before the first one measured.
  package var start = 0
  /// Standard deviation of noise added to the network's input, in steps of 255.
  package var noise = 0.0

  package init(input: String, model: String) {
    self.input = input
    self.model = model
  }

  /// Every kind of coder; of those with levels, the fastest, a usual and the strongest one.
  package static let usualCodecs: [CodecName] = [
    "rle", "packed", "raw", "context", "zlib-1", "zlib", "zstd", "zstd-9", "zstd-19", "zstd-dict",
    "zstd-dict-19",
  ].compactMap(CodecName.init)

  /// The two that all others are compared with; measured whether asked for or not.
  static let yardsticks: [CodecName] = [.zlib, .zstd]
}
