import SplitpipeAnalysis
import SplitpipeCore
import SplitpipeDetection
import Synchronization

/// What was counted over some frames, one entry per tensor.
struct CorrelationPart: Sendable {
  var tensors: [TensorStatistics] = []
  var first: FrameStamp?
  var last: FrameStamp?

  mutating func merge(_ other: CorrelationPart) {
    if tensors.isEmpty {
      tensors = other.tensors
    } else {
      for (index, statistics) in other.tensors.enumerated() { tensors[index].merge(statistics) }
    }
    first = first ?? other.first
    last = other.last ?? last
  }

  var frames: Int { tensors.first?.frames ?? 0 }
}

/// What the analysis of a video leaves behind.
struct CorrelationResult: Sendable {
  var whole = CorrelationPart()
  var still = CorrelationPart()
  var moving = CorrelationPart()
  /// Complete stretches, in order; empty where they were not asked for.
  var segments: [CorrelationSummary.Segment] = []
  /// By tensor.
  var bytes: [[String: [String: Double]]?] = []
  /// The frame that differs most from those before it, and how it lies in the network's input.
  var picture: (frame: Frame, letterbox: Letterbox)?
  var notes: [String] = []
}

/// A frequency share and the directions along which a filter leaves nothing else.
struct LowPassVariant: Hashable, Sendable {
  let percent: Int
  let directions: [Direction]

  /// `row+column`, `none` for no filter.
  var axes: String {
    directions.isEmpty ? "none" : directions.map { "\($0)" }.joined(separator: "+")
  }

  /// No filter, then for each share rows, columns, channels, rows and columns, and all three.
  static func all(_ percents: [Int]) -> [LowPassVariant] {
    guard !percents.isEmpty else { return [] }
    let axes: [[Direction]] = [
      [.row], [.column], [.channel], [.row, .column], [.row, .column, .channel],
    ]
    return [LowPassVariant(percent: 100, directions: [])]
      + percents.uniqued().flatMap { percent in
        axes.map { LowPassVariant(percent: percent, directions: $0) }
      }
  }
}

/// Where the stages put what they leave behind.
final class CorrelationLedger: Sendable {
  private let analysis = Mutex<CorrelationResult?>(nil)
  private let filtered = Mutex<[CorrelationSummary.LowPass]>([])

  var result: CorrelationResult? {
    get { analysis.withLock { $0 } }
    set { analysis.withLock { $0 = newValue } }
  }

  var lowPass: [CorrelationSummary.LowPass] {
    get { filtered.withLock { $0 } }
    set { filtered.withLock { $0 = newValue } }
  }
}
