/// The fixed parameters of COCOeval for boxes.
enum COCOParameters {
  /// `numpy.linspace(0.5, 0.95, 10)`: each step is i · (0.45 / 9) + 0.5, the last value exact.
  static let overlaps: [Double] = linspace(0.5, 0.95, count: 10)
  /// `numpy.linspace(0, 1, 101)`.
  static let recalls: [Double] = linspace(0, 1, count: 101)
  /// All, small, medium, large, in square pixels; both bounds belong to the range.
  static let areas: [ClosedRange<Double>] = [
    0...1e10, 0...(32 * 32), (32 * 32)...(96 * 96), (96 * 96)...1e10,
  ]
  /// The most detections per image and class that count.
  static let detectionLimits = [1, 10, 100]

  private static func linspace(_ start: Double, _ stop: Double, count: Int) -> [Double] {
    let step = (stop - start) / Double(count - 1)
    return (0..<count).map { $0 == count - 1 ? stop : Double($0) * step + start }
  }
}

/// One bit for each pair of an area range and an overlap threshold: area · 10 + threshold.
struct CellBits: Sendable {
  static let thresholds = COCOParameters.overlaps.count
  /// All thresholds of an area range.
  static func all(area: Int) -> UInt64 { ((1 << UInt64(thresholds)) - 1) << shift(area: area) }
  static func shift(area: Int) -> UInt64 { UInt64(area * thresholds) }
}

/// What is kept of one detection once its image is matched; 24 bytes, as there are many.
struct MatchRecord: Sendable {
  let score: Double
  /// `CellBits` of the cells where it found an object; the rank in the highest byte.
  private var matchedAndRank: UInt64
  /// `CellBits` of the cells where it counts neither for nor against.
  var ignored: UInt64 = 0

  /// - Precondition: `rank` is less than 256.
  init(score: Double, rank: Int) {
    self.score = score
    matchedAndRank = UInt64(UInt8(rank)) << 56
  }

  /// Its place among the detections of its image and class, best score first.
  var rank: Int { Int(matchedAndRank >> 56) }

  var matched: UInt64 {
    get { matchedAndRank & 0xFF_FFFF_FFFF }
    set { matchedAndRank = matchedAndRank & (0xFF << 56) | newValue }
  }
}
