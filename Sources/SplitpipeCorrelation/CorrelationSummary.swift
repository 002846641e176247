import SplitpipeAnalysis
import SplitpipeCore

/// What `splitpipe correlate --summary` writes; the keys are the command line's contract. What does
/// not exist, such as the temporal part of unrelated pictures, is absent, and a note says why.
package struct CorrelationSummary: Codable, Sendable {
  package struct Extremes: Codable, Sendable {
    package var min: Double
    package var max: Double
  }

  /// A number for each neighbour.
  package struct Directions: Codable, Sendable {
    package var row: Double?
    package var column: Double?
    package var channel: Double?
    package var time: Double?
  }

  /// Of the codes at one bit depth; entropies are bits per coefficient.
  package struct Entropies: Codable, Sendable {
    package var order0: Double
    package var perChannel: Double
    package var givenLeft: Double?
    package var givenUp: Double?
    package var givenPrevious: Double?
    package var givenPreviousAndLeft: Double?
    /// Share of the least code.
    package var zeroFraction: Double
    /// The most frequent code and its share.
    package var modalCode: Int
    package var modalFraction: Double
    package var unchangedFraction: Double?
  }

  package struct HeldRange: Codable, Sendable {
    /// Frames from one key frame to the next.
    package var keyInterval: Int
    package var entropies: [String: Entropies]
  }

  package struct Spectrum: Codable, Sendable {
    package var energyInLowest10Percent: Directions
    package var energyInLowest10PercentWithoutMean: Directions
  }

  /// Values below which shares of all values, or of all differences to a neighbour, lie.
  package struct Distribution: Codable, Sendable {
    package var shares: [Double]
    package var value: [Double]
    package var row: [Double]?
    package var column: [Double]?
    package var channel: [Double]?
    package var time: [Double]?
  }

  package struct Tensor: Codable, Sendable {
    package var name: String
    package var shape: [Int]
    package var range: Extremes
    package var zeroFraction: Double
    package var modalFraction: Double
    package var rangeRatio: Directions
    package var entropy: Entropies
    package var entropies: [String: Entropies]
    package var heldRange: HeldRange?
    package var pearson: Directions
    package var unchangedFraction: Double?
    package var spectrum: Spectrum
    package var distribution: Distribution
    /// Mean bytes of the tensor's packets, headers included, by bit depth and codec.
    package var bytesPerFrame: [String: [String: Double]]?
  }

  /// A stretch of the video in which something moves, or nothing does.
  package struct Segment: Codable, Sendable {
    package var kind: String
    package var firstFrame: Int
    package var lastFrame: Int
    package var firstSeconds: Double
    package var lastSeconds: Double
    /// Frames analysed.
    package var frames: Int
    package var tensors: [Tensor]
  }

  /// All stretches of a kind together.
  package struct Kind: Codable, Sendable {
    package var frames: Int
    package var tensors: [Tensor]
  }

  /// Accuracy against the unsplit model with only the lowest frequencies kept.
  package struct LowPass: Codable, Sendable {
    /// 100 keeps all of them.
    package var percent: Int
    /// `row`, `column`, `channel`, `row+column`, `row+column+channel`; `none` for no filter.
    package var axes: String
    package var map50: Double?
    package var map50_95: Double?
  }

  package var input: String
  package var model: String
  package var split: String
  package var bits: [Int]
  package var precision: String
  package var engine: String
  package var version: String
  /// Frames analysed.
  package var frames: Int
  /// Where in the video reading began, in seconds.
  package var start: Double
  package var every: Int
  /// Corrupt packets or unreadable images passed over.
  package var skipped: Int
  package var interrupted: Bool
  package var seconds: Double
  package var framesPerSecond: Double
  package var preparation: String
  package var tensors: [Tensor]
  package var segments: [Segment]?
  package var still: Kind?
  package var moving: Kind?
  package var lowPass: [LowPass]?
  package var conclusion: String
  package var rule: String
  package var notes: [String]
}

extension CorrelationSummary.Tensor {
  /// The numbers of what was counted.
  init(_ statistics: TensorStatistics, keyInterval: Int) {
    func directions(_ value: (Direction) -> Double?) -> CorrelationSummary.Directions {
      .init(row: value(.row), column: value(.column), channel: value(.channel), time: value(.time))
    }
    func named(_ codes: [CodeStatistics]) -> [String: CorrelationSummary.Entropies] {
      Dictionary(codes.map { (String($0.bits), .init($0)) }) { first, _ in first }
    }
    name = statistics.name
    shape = statistics.shape.dimensions
    range = .init(
      min: Double(statistics.values.minimum), max: Double(statistics.values.maximum))
    let first = CorrelationSummary.Entropies(statistics.codes[0])
    entropy = first
    entropies = named(statistics.codes)
    zeroFraction = first.zeroFraction
    modalFraction = first.modalFraction
    unchangedFraction = first.unchangedFraction
    heldRange =
      statistics.comparedFrames == 0
      ? nil : .init(keyInterval: keyInterval, entropies: named(statistics.heldCodes))
    rangeRatio = directions { statistics.rangeRatio($0) }
    pearson = directions { statistics.pairs[$0.rawValue].pearson }
    func energy(_ share: (SpectrumEnergy) -> Double?) -> CorrelationSummary.Directions {
      directions { $0 == .time ? nil : share(statistics.energy[$0.rawValue]) }
    }
    spectrum = .init(
      energyInLowest10Percent: energy(\.lowestShare),
      energyInLowest10PercentWithoutMean: energy(\.lowestShareOfVariation))
    distribution = .init(statistics)
  }
}

extension CorrelationSummary.Entropies {
  init(_ codes: CodeStatistics) {
    let histogram = codes.histogram
    let total = Double(max(1, histogram.reduce(0, +)))
    let modal = histogram.indices.max { histogram[$0] < histogram[$1] } ?? 0
    self.init(
      order0: codes.order0, perChannel: codes.perChannel, givenLeft: codes.givenLeft,
      givenUp: codes.givenUp, givenPrevious: codes.givenPrevious,
      givenPreviousAndLeft: codes.givenPreviousAndLeft,
      zeroFraction: Double(histogram[0]) / total, modalCode: modal,
      modalFraction: Double(histogram[modal]) / total, unchangedFraction: codes.unchangedFraction)
  }
}

extension CorrelationSummary.Distribution {
  /// Dense at the ends, where the tails are.
  private static let shares: [Double] =
    [0, 0.001, 0.005, 0.01, 0.02] + (1...19).map { Double($0) / 20 }
    + [0.98, 0.99, 0.995, 0.999, 1]

  init(_ statistics: TensorStatistics) {
    func quantiles(_ direction: Direction) -> [Double]? {
      let values = statistics.differences[direction.rawValue].quantiles(Self.shares)
      return values.isEmpty ? nil : values
    }
    self.init(
      shares: Self.shares, value: statistics.values.quantiles(Self.shares), row: quantiles(.row),
      column: quantiles(.column), channel: quantiles(.channel), time: quantiles(.time))
  }
}
