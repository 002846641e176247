import SplitpipeCore
import SplitpipeEvaluation

/// What a search tried and found, for a person.
struct TuneTable {
  let text: String

  init(_ summary: TuneSummary) {
    var rows = [
      ["split", "bits", "quantizer", "kB/frame", "bits/coefficient", "mAP50", "mAP50-95", ""]
    ]
    for point in summary.points.sorted(by: { $0.bytesPerFrame < $1.bytesPerFrame }) {
      rows.append([
        point.split, String(point.bits), point.quantizer,
        Text.decimal(point.bytesPerFrame / 1000, 2), Text.decimal(point.bitsPerCoefficient, 3),
        Self.accuracy(point.map50), Self.accuracy(point.map50_95),
        point.passes ? (point.pareto ? "keeps it *" : "keeps it") : (point.pareto ? "*" : ""),
      ])
    }
    let reference = summary.reference == "truth" ? "the labels" : "the unsplit model"
    var lines = [
      "\(summary.frames) frames of \(summary.input), \(summary.model), codec \(summary.codec)",
      "to keep: \(Self.title(summary)) of \(Text.decimal(summary.floorValue, 4)) against \(reference)",
      "", Text.table(rows, numeric: true), "",
      "* no other setting tried beats it in bytes and mAP50-95",
    ]
    if let best = summary.best, let command = summary.command {
      lines += [
        "",
        (summary.complete ? "the cheapest that keeps it: " : "the cheapest so far that keeps it: ")
          + "split \(best.split), \(best.bits) bits, quantizer \(best.quantizer), "
          + "\(Text.decimal(best.bytesPerFrame / 1000, 2)) kB a frame", "", "  \(command)",
      ]
    }
    text = lines.joined(separator: "\n")
  }

  /// What a user is told where no setting keeps the floor.
  static func nothingFound(_ summary: TuneSummary) -> SplitpipeError {
    let value = { (point: TuneSummary.Point) in
      (summary.metric == "map50" ? point.map50 : point.map50_95) ?? 0
    }
    let nearest = summary.points.max { value($0) < value($1) }.map {
      "; the most accurate is \($0.split) at \($0.bits) bits, quantizer \($0.quantizer), with "
        + Text.decimal(value($0), 4)
    }
    return SplitpipeError(
      .usage,
      "no setting tried keeps \(title(summary)) at \(Text.decimal(summary.floorValue, 4))"
        + "\(nearest ?? ""); give a lower --floor or other splits")
  }

  private static func title(_ summary: TuneSummary) -> String {
    TuneRequest.Metric(rawValue: summary.metric)?.title ?? summary.metric
  }

  private static func accuracy(_ value: Double?) -> String {
    value.map { Text.decimal($0, 4) } ?? "none"
  }
}
