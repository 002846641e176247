package import SplitpipeStatistics

/// What `splitpipe plan --summary` writes; the keys are the command line's contract.
package struct PlanSummary: Encodable, Sendable {
  /// One split. Seconds are medians of a frame, at the speed of device and server.
  package struct Split: Encodable, Sendable {
    package let name: String
    package let headSeconds: Double
    /// Quantizing and coding, on the device.
    package let encodeSeconds: Double
    /// Decoding and dequantizing, on the server.
    package let restoreSeconds: Double
    package let tailSeconds: Double
    /// Packets as they were coded, in the long run.
    package let bytesPerFrame: Double
    /// Float32, uncoded.
    package let rawBytes: Int
    /// The bytes at the rate of the link.
    package let transferSeconds: Double
    /// From a frame to its boxes, no other frame in the way.
    package let latencySeconds: Double
    /// Grad-CAM's, of the tensor that the split names; nil where it has none.
    package let importance: Double?
    /// The mean gradient there.
    package let gradients: Double?
    package let headMACs: Int
    package let headWeightBytes: Int
    package let headPeakBytes: Int
    /// Of the device, for one frame; nil where nobody said what work and bytes cost.
    package let headJoules: Double?
    /// By width of a coefficient, where it was measured: mAP50-95, or top-1.
    package let accuracy: [String: Double]?
    /// The same on random halves of the pictures.
    package let accuracyOfHalves: [String: [Double]]?
    /// Whether no other split is as good in latency, bytes, importance and accuracy, and better in one.
    package var pareto = false
    /// Whether the tensor is smaller than that of the split before: Sbai et al. 2021, as Cunico et al. use
    /// them.
    package let isSmaller: Bool
  }

  /// The model on one side alone.
  package struct Whole: Encodable, Sendable {
    /// `device` or `server`.
    package let name: String
    /// How pictures travel to the server; empty for the device.
    package let setting: String
    package let deviceSeconds: Double
    package let serverSeconds: Double
    package let bytesPerFrame: Double
    package let transferSeconds: Double
    package let latencySeconds: Double

    package var title: String { "all on the \(name)" + (setting.isEmpty ? "" : ", \(setting)") }
  }

  /// The best of all rows, by different lights; nil where there is none.
  package struct Optimum: Encodable, Sendable {
    /// Of least latency (Kang et al., "Neurosurgeon"): a split, `device` or `server`.
    package let latency: String
    /// Of least latency among those whose tensor is smaller than the one before.
    package let cde: String?
    /// Of most importance (Cunico et al.).
    package let cui: String?
  }

  /// How well a predictor orders the splits.
  package struct Ranking: Encodable, Sendable {
    package let tau: Double
    package let rho: Double
    package let interval: RankCorrelation.Intervals?
    /// τ with the accuracy on each of the random halves.
    package let tauOfHalves: [Double]

    init(_ whole: RankCorrelation, tauOfHalves: [Double]) {
      tau = whole.tau
      rho = whole.rho
      interval = whole.interval
      self.tauOfHalves = tauOfHalves
    }
  }

  package let input: String
  package let model: String
  package let frames: Int
  /// Width and height of the network's input.
  package let size: String
  package let bits: Int
  package let codec: String
  package let quantizer: String
  package let link: String
  package let linkBitsPerSecond: Double
  package let roundTripSeconds: Double
  /// Speeds, this machine's being 1; of the device as its profile says where there is one.
  package let deviceFactor: Double
  package let serverFactor: Double
  /// nil where the device's times are this machine's, scaled.
  package let profile: String?
  /// The steps around the network, at the speed of device and server.
  package let prepareSeconds: Double
  package let answerSeconds: Double
  package let splits: [Split]
  package let whole: [Whole]
  package let optimum: Optimum
  /// How well each predictor orders the splits by their accuracy: by predictor, then by width.
  package let rankCorrelation: [String: [String: Ranking]]?
  /// What accuracy is called: `mAP50-95` or `top-1`.
  package let accuracyName: String
  /// Pictures that accuracy was measured on.
  package let checkedImages: Int
  package let complete: Bool
  package let notes: [String]

  /// Widths of a coefficient that accuracy was measured at, the narrowest first.
  package var checkedWidths: [String] {
    Set(splits.flatMap { ($0.accuracy ?? [:]).keys }).sorted { Int($0) ?? 0 < Int($1) ?? 0 }
  }

  private enum CodingKeys: CodingKey {
    case input, model, frames, size, bits, codec, quantizer, link, linkBitsPerSecond
    case roundTripSeconds, deviceFactor, serverFactor, profile, prepareSeconds, answerSeconds
    case splits, whole, optimum, rankCorrelation, checkedImages, complete
  }
}
