import SplitpipeCore
import SplitpipeStages

/// A run's numbers for a person.
struct SummaryTable {
  let text: String

  /// Lays out the summary; boxes are listed one by one where there was a single frame.
  init(_ summary: RunSummary) {
    text = [Self.facts(summary), Self.boxes(summary.onlyFrame), Self.stages(summary.stages)]
      .filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private static func facts(_ summary: RunSummary) -> String {
    let bytes = summary.bytesPerFrame
    let tensors = summary.frontier.map {
      "\($0.name) \($0.shape.map(String.init).joined(separator: "×"))"
    }
    if summary.split == RunSummary.noSplit { return facts(ofWhole: summary) }
    var rows = [
      ["input", "\(summary.input), \(summary.frames) frames"],
      ["model", "\(summary.model) cut at \(summary.split), \(summary.precision)"],
      ["crosses", tensors.joined(separator: " and ")],
      ["coded as", coding(summary)],
      [
        "bytes per frame",
        "\(Text.kilobytes(bytes.coded)) on the wire, \(Text.kilobytes(bytes.raw)) as float32, "
          + "\(Text.kilobytes(bytes.source)) in the source",
      ],
      ["bits per coefficient", Text.decimal(summary.bitsPerCoefficient, 3)],
    ]
    if summary.quantizer != "paper" {
      rows.insert(["quantizer", quantizer(summary)], at: 4)
    }
    if let temporal = summary.temporal {
      rows.append([
        "since frame before",
        "\(Text.decimal(temporal.unchangedFraction * 100, 1)) % of codes unchanged, "
          + "range of change \(Text.decimal(temporal.rangeRatio, 2)) of range of value",
      ])
    }
    return Text.table(rows + found(summary))
  }

  /// Of a network that was not cut.
  private static func facts(ofWhole summary: RunSummary) -> String {
    let rows = [
      ["input", "\(summary.input), \(summary.frames) frames"],
      ["model", "\(summary.model) whole, \(summary.precision); nothing was sent"],
      ["bytes per frame", "\(Text.kilobytes(summary.bytesPerFrame.source)) in the source"],
    ]
    return Text.table(rows + found(summary))
  }

  /// What was found, and how fast.
  private static func found(_ summary: RunSummary) -> [[String]] {
    var rows = [["boxes", count(summary.boxes)]]
    if let map50 = summary.map50, let map = summary.map50_95, let reference = summary.reference {
      let against = reference == "truth" ? "the labels" : "the unsplit model"
      rows.append(["mAP50", "\(Text.decimal(map50, 4)) against \(against)"])
      rows.append(["mAP50-95", Text.decimal(map, 4)])
      rows.append(["mAP is of", Text.scoredBoxes(per: "frame")])
    } else if summary.reference != nil {
      rows.append(["mAP", "none: the reference has no object"])
    }
    if let link = summary.link { rows += LinkRows(link).rows }
    rows.append(["speed", "\(Text.decimal(summary.framesPerSecond, 1)) frames/s"])
    if summary.skipped > 0 { rows.append(["skipped", "\(summary.skipped) damaged or missing"]) }
    if summary.refused > 0 {
      rows.append(["refused", "\(summary.refused) packets, whose frames count as without boxes"])
    }
    return rows
  }

  private static func coding(_ summary: RunSummary) -> String {
    var text = "\(summary.codec) at \(summary.bits) bits"
    if summary.keyFrames != summary.frames {
      text += ", \(summary.keyFrames) key frame\(summary.keyFrames == 1 ? "" : "s")"
    }
    return text
  }

  private static func quantizer(_ summary: RunSummary) -> String {
    guard summary.clampedFraction > 0 else { return summary.quantizer }
    return summary.quantizer
      + ", \(Text.decimal(summary.clampedFraction * 100, 4)) % of values clamped"
  }

  private static func count(_ boxes: [RunSummary.ClassCount]) -> String {
    let total = boxes.reduce(0) { $0 + $1.count }
    guard total > 0 else { return "none" }
    let classes = boxes.prefix(6).map { "\($0.count) \($0.name)" }
    return "\(total): \(classes.joined(separator: ", "))" + (boxes.count > 6 ? ", …" : "")
  }

  private static func boxes(_ found: [(name: String, detection: Detection)]) -> String {
    guard !found.isEmpty else { return "" }
    let rows = found.map { name, detection in
      let box = detection.box
      return [name, Text.decimal(Double(detection.confidence), 2)]
        + [box.x1, box.y1, box.x2, box.y2].map { Text.decimal(Double($0), 1) }
    }
    return Text.table([["box", "confidence", "x1", "y1", "x2", "y2"]] + rows, numeric: true)
  }

  private static func stages(_ stages: [RunSummary.StageSummary]) -> String {
    let rows = stages.map {
      [$0.name, Text.milliseconds($0.medianSeconds), Text.milliseconds($0.p99Seconds)]
    }
    return Text.table([["stage", "median", "p99"]] + rows, numeric: true)
  }
}
