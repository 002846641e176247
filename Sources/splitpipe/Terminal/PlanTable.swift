import SplitpipeEvaluation
import SplitpipeStatistics

/// A plan as a person reads it in a terminal.
struct PlanTable {
  private let summary: PlanSummary

  init(_ summary: PlanSummary) { self.summary = summary }

  var text: String {
    let best = summary.optimum
    var lines = [
      "\(summary.model) on \(summary.input), \(summary.size), \(summary.bits) bits, \(summary.codec), "
        + "\(summary.frames) frames; link \(summary.link), round trip "
        + Text.milliseconds(summary.roundTripSeconds)
        + ", device × \(Text.decimal(summary.deviceFactor, 2)), server × "
        + Text.decimal(summary.serverFactor, 2),
      "", rows, "",
      "least latency: \(best.latency)"
        + (best.cde.map { "; of the splits that become smaller (CDE): \($0)" } ?? "")
        + (best.cui.map { "; most important (CUI): \($0)" } ?? ""),
    ]
    if let ranks { lines += ["", ranks] }
    return lines.joined(separator: "\n")
  }

  private var rows: String {
    let hasEnergy = summary.splits.contains { $0.headJoules != nil }
    let widths = self.widths
    let header =
      ["split", "head", "link", "tail", "latency", "bytes", "importance", "head MMACs", "weights"]
      + ["tensors"] + (hasEnergy ? ["energy"] : []) + widths.map { "at \($0) bits" } + ["front"]
    let splits = summary.splits.map { split -> [String] in
      [
        mark(split.latencySeconds) + split.name,
        Text.milliseconds(split.headSeconds + split.encodeSeconds),
        Text.milliseconds(split.transferSeconds),
        Text.milliseconds(split.restoreSeconds + split.tailSeconds),
        Text.milliseconds(split.latencySeconds), Text.kilobytes(split.bytesPerFrame),
        split.importance.map(scientific) ?? "", Text.decimal(Double(split.headMACs) / 1e6, 1),
        Text.kilobytes(Double(split.headWeightBytes)), Text.kilobytes(Double(split.headPeakBytes)),
      ] + (hasEnergy ? [split.headJoules.map { scientific($0) + " J" } ?? ""] : [])
        + widths.map { split.accuracy?[$0].map { Text.decimal($0, 4) } ?? "" }
        + [split.pareto ? "front" : ""]
    }
    let whole = summary.whole.map { whole -> [String] in
      [
        mark(whole.latencySeconds) + whole.title,
        Text.milliseconds(whole.deviceSeconds), Text.milliseconds(whole.transferSeconds),
        Text.milliseconds(whole.serverSeconds), Text.milliseconds(whole.latencySeconds),
        Text.kilobytes(whole.bytesPerFrame), "", "", "", "",
      ] + (hasEnergy ? [""] : []) + widths.map { _ in "" } + [""]
    }
    return Text.table([header] + splits + whole)
  }

  /// Shows the fastest row.
  private func mark(_ latency: Double) -> String {
    let all = summary.splits.map(\.latencySeconds) + summary.whole.map(\.latencySeconds)
    return latency == all.min() ? "▸ " : "  "
  }

  private var widths: [String] { summary.checkedWidths }

  /// How well each predictor orders splits by accuracy.
  private var ranks: String? {
    guard let correlations = summary.rankCorrelation else { return nil }
    let header = ["predictor"] + widths.flatMap { ["τ at \($0) bits", "ρ at \($0) bits"] }
    let rows = correlations.sorted { $0.key < $1.key }.map { name, byWidth in
      [name]
        + widths.flatMap { width -> [String] in
          guard let found = byWidth[width] else { return ["", ""] }
          return [
            ranged(found.tau, found.interval?.tau), ranged(found.rho, found.interval?.rho),
          ]
        }
    }
    return
      "rank correlation with \(summary.accuracyName) on \(summary.checkedImages) pictures, 95 % intervals\n\n"
      + Text.table([header] + rows)
  }

  private func ranged(_ value: Double, _ interval: [Double]?) -> String {
    Text.decimal(value, 2)
      + (interval.map { " (\(Text.decimal($0[0], 2)) to \(Text.decimal($0[1], 2)))" } ?? "")
  }
}
