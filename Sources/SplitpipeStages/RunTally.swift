import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeSession

/// Frame reports added up, in the order of the frames.
struct RunTally: Sendable {
  private(set) var frames = 0
  /// Packets of no use, whose frames have no boxes.
  private(set) var refused = 0
  private(set) var keyFrames = 0
  /// Scored frames that the labels have an entry of their own for.
  private(set) var covered = 0
  private(set) var plausibility = Plausibility()
  /// Boxes found, by class index.
  private(set) var boxes: [Int: Int] = [:]
  /// Boxes of the frame added last.
  private(set) var lastDetections: [Detection] = []
  private var sourceBytes = 0
  private var sentFrames = 0
  private var rawBytes = 0
  private var wireBytes = 0
  private var clamped = 0
  private var comparedFrames = 0
  private var rangeRatio = 0.0
  private var unchangedFraction = 0.0
  /// What became of frames at a server; nil where there is none.
  private(set) var link: LinkTally?
  private var scorer: COCOScorer

  init(classCount: Int) { scorer = COCOScorer(classCount: max(1, classCount)) }

  mutating func add(_ report: FrameReport) {
    frames += 1
    sourceBytes += report.sourceBytes
    if report.refusal != nil { refused += 1 }
    if let cost = report.cost {
      sentFrames += 1
      rawBytes += cost.rawBytes
      wireBytes += cost.wireBytes
      keyFrames += cost.isKey ? 1 : 0
      clamped += cost.clamped
    }
    if let change = report.change {
      comparedFrames += 1
      rangeRatio += change.rangeRatio
      unchangedFraction += change.unchangedFraction
    }
    if let answer = report.answer {
      var link = link ?? LinkTally()
      link.add(answer)
      self.link = link
      if case .refused = answer.outcome { refused += 1 }
    }
    for detection in report.detections ?? [] { boxes[detection.classIndex, default: 0] += 1 }
    lastDetections = report.detections ?? []
    if let plausibility = report.plausibility { self.plausibility.add(plausibility) }
    if let score = report.score {
      if score.isCovered { covered += 1 }
      scorer.add(image: report.stamp.index, detections: score.detections, truths: score.objects)
    }
  }

  /// Mean bytes of a frame.
  var bytesPerFrame: RunSummary.BytesPerFrame {
    let sent = Double(max(1, sentFrames))
    return RunSummary.BytesPerFrame(
      raw: Double(rawBytes) / sent, coded: Double(wireBytes) / sent,
      source: Double(sourceBytes) / Double(max(1, frames)))
  }

  var bitsPerCoefficient: Double { Double(wireBytes * 8) / coefficients }
  /// Share of values outside the range of their codes.
  var clampedFraction: Double { Double(clamped) / coefficients }
  private var coefficients: Double { Double(max(1, rawBytes / 4)) }

  /// nil where no frame had one before it.
  var temporal: RunSummary.Temporal? {
    guard comparedFrames > 0 else { return nil }
    return RunSummary.Temporal(
      rangeRatio: rangeRatio / Double(comparedFrames),
      unchangedFraction: unchangedFraction / Double(comparedFrames))
  }

  /// COCO's numbers; nil where nothing was scored.
  var score: COCOResult? { scorer.images == 0 ? nil : scorer.result() }
}
