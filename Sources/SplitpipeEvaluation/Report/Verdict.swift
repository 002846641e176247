import SplitpipeReport

/// A row of a sweep beside the cheapest baseline that is at least as accurate.
struct Verdict: Sendable {
  let row: EvaluationSummary.Row
  /// nil where no baseline reaches the row's accuracy.
  let baseline: EvaluationSummary.Baseline?

  /// Bytes of the row over bytes of the baseline; less than 1 where the split sends less.
  var ratio: Double? {
    baseline.map { row.codedBytes / max($0.bytesPerFrame, 1) }
  }

  var splitWins: Bool { ratio.map { $0 < 1 } ?? true }

  /// Compares every row with the baselines and with the picture as the dataset holds it.
  ///
  /// A row above the unsplit model is there by chance, so its like is what reaches the unsplit
  /// model's accuracy.
  static func all(_ summary: EvaluationSummary) -> [Verdict] {
    var offers = summary.baselines
    if summary.sourceBytes > 0, !offers.isEmpty {
      offers.append(
        EvaluationSummary.Baseline(
          kind: "source", setting: 0, accuracy: summary.unsplit,
          bytesPerFrame: summary.sourceBytes))
    }
    return summary.rows.map { row in
      let good = offers.filter { baseline in
        guard let found = baseline.accuracy.headline, let reached = row.accuracy.headline else {
          return false
        }
        return found >= min(reached, summary.unsplit.headline ?? reached)
      }
      return Verdict(row: row, baseline: good.min { $0.bytesPerFrame < $1.bytesPerFrame })
    }
  }

  /// What a reader takes home, in one or two sentences.
  static func sentence(_ verdicts: [Verdict], hasBaselines: Bool) -> String {
    guard hasBaselines, !verdicts.isEmpty else {
      return "No baseline was measured: --baselines adds JPEG, and H.264 for a video."
    }
    let wins = verdicts.filter(\.splitWins)
    let losses = verdicts.filter { !$0.splitWins }
    var sentences: [String] = []
    if wins.isEmpty {
      sentences.append(
        "Split computing loses here: for every row, coding the picture and running the whole model "
          + "far away reaches at least the same accuracy with fewer bytes.")
    } else if losses.isEmpty {
      sentences.append(
        "Split computing wins here: no baseline reaches the accuracy of any row with fewer bytes.")
    } else {
      sentences.append(
        "Split computing wins in \(wins.count) of \(verdicts.count) rows and loses in "
          + "\(losses.count): there, a coded picture reaches at least the same accuracy with fewer "
          + "bytes.")
    }
    if let closest = losses.min(by: { ($0.ratio ?? 0) < ($1.ratio ?? 0) }),
      let worst = losses.max(by: { ($0.ratio ?? 0) < ($1.ratio ?? 0) }),
      let least = closest.ratio, let most = worst.ratio
    {
      sentences.append(
        "Where it loses it sends \(oneDecimal(least)) to \(oneDecimal(most)) times the bytes.")
    }
    return sentences.joined(separator: " ")
  }
}

extension EvaluationSummary.Baseline {
  var name: String {
    switch kind {
    case "jpeg": "JPEG quality \(setting)"
    case "h264": "H.264 CRF \(setting)"
    default: "the file itself"
    }
  }
}
