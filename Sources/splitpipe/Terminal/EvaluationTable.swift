import SplitpipeEvaluation

/// A sweep's numbers for a person.
struct EvaluationTable {
  let text: String

  init(_ summary: EvaluationSummary) {
    let isDetection = summary.unsplit.isDetection
    let names = isDetection ? ["mAP50", "mAP50-95"] : ["top-1", "top-5"]
    let showsQuantizer = summary.rows.contains { $0.quantizer != "paper" }
    func quantizer(_ name: String) -> [String] { showsQuantizer ? [name] : [] }
    var rows = [
      ["sent", "bits", "codec"] + quantizer("quantizer") + ["kB/picture", "bits/coefficient"]
        + names + ["change", ""]
    ]
    let unsplit = summary.unsplit.headline
    func accuracy(_ value: EvaluationSummary.Accuracy) -> [String] {
      let change = value.headline.flatMap { value in unsplit.map { value - $0 } }
      return [value.first, value.second].map { $0.map { Text.decimal($0, 4) } ?? "none" }
        + [change.map { ($0 > 0 ? "+" : "") + Text.decimal($0, 4) } ?? ""]
    }
    rows.append(
      ["unsplit", "", ""] + quantizer("") + [Text.decimal(summary.sourceBytes / 1000, 1), ""]
        + accuracy(summary.unsplit))
    for row in summary.rows {
      let tensors = row.tensors.joined(separator: " + ")
      let what = tensors == row.split ? row.split : "\(row.split) (\(tensors))"
      rows.append(
        [what, String(row.bits), row.codec] + quantizer(row.quantizer) + [
          Text.decimal(row.codedBytes / 1000, 1), Text.decimal(row.bitsPerCoefficient, 3),
        ] + accuracy(row.accuracy) + [row.pareto && summary.rows.count > 1 ? "*" : ""])
    }
    for baseline in summary.baselines {
      let name =
        baseline.kind == "jpeg"
        ? "JPEG, quality \(baseline.setting)" : "H.264, CRF \(baseline.setting)"
      rows.append(
        [name, "", ""] + quantizer("") + [Text.decimal(baseline.bytesPerFrame / 1000, 1), ""]
          + accuracy(baseline.accuracy))
    }
    let skipped = summary.skipped.isEmpty ? "" : ", \(summary.skipped.count) skipped"
    var lines = [
      "\(summary.images) pictures of \(summary.dataset)\(skipped), \(summary.model), "
        + "\(summary.precision)"
    ]
    if isDetection { lines.append("mAP is of \(Text.scoredBoxes(per: "picture"))") }
    if summary.protocol.onlyNamed {
      lines.append("only the named tensor is quantized and counted: not a runnable cut")
    }
    text =
      lines.joined(separator: "\n") + "\n\n" + Text.table(rows, numeric: true)
      + (summary.rows.count > 1 ? "\n\n* no other row beats it in bytes and accuracy" : "")
  }
}

/// Shows how far a sweep is and what it passes over.
final class EvaluationWatcher {
  private let quiet: Bool
  private var line: ProgressLine?
  /// Stands before what is counted.
  var prefix = ""

  init(quiet: Bool) { self.quiet = quiet }

  func note(_ progress: SweepProgress) {
    switch progress {
    case .looking(let total): begin("looking at picture", total: total)
    case .evaluating(let total): begin("picture", total: total)
    case .advanced: line?.advance()
    case .skipped(let image):
      line?.finish()
      Terminal.say("skipped \"\(image.file)\": \(image.reason)")
    }
  }

  func finish() { line?.finish() }

  private func begin(_ noun: String, total: Int?) {
    line?.finish()
    line = ProgressLine(total: total, quiet: quiet, noun: prefix + noun)
  }
}
