import SplitpipeCore
import SplitpipeDetection
import SplitpipeMedia
import SplitpipeModel
import SplitpipeReport
import SplitpipeStages

extension EvaluationSession {
  /// Writes the report, if one was asked for.
  ///
  /// - Parameters:
  ///   - summary: the sweep's numbers.
  ///   - command: what was typed, to be run again.
  /// - Throws: `cannotWrite`.
  package func writeReport(_ summary: EvaluationSummary, command: String) throws {
    guard let reportFile else { return }
    let focus = focus(of: summary)
    let report = EvaluationReport(
      summary: summary, focus: focus, pictures: try focus.flatMap { try worstPictures($0.row) },
      settings: settings(of: summary), command: command)
    try reportFile.write(report.page)
  }

  /// The row looked at closely: of the bit depth asked for, else of the fewest bytes among those
  /// that lose at most a hundredth.
  private func focus(
    of summary: EvaluationSummary
  ) -> (row: EvaluationSummary.Row, reason: String)? {
    let cheapest = { (rows: [EvaluationSummary.Row]) in
      rows.min { $0.codedBytes < $1.codedBytes }
    }
    if let bits = request.reportBits, let row = cheapest(summary.rows.filter { $0.bits == bits }) {
      return (row, "Chosen by --report-bits.")
    }
    guard let reference = summary.unsplit.headline else { return nil }
    let harmless = summary.rows.filter { ($0.accuracy.headline ?? -1) >= reference - 0.01 }
    if let row = cheapest(harmless) {
      return (row, "The fewest bytes among the rows that lose at most 0.01 against unsplit.")
    }
    return summary.rows.max { ($0.accuracy.headline ?? -1) < ($1.accuracy.headline ?? -1) }
      .map { ($0, "The most accurate row; every row loses more than 0.01 against unsplit.") }
  }

  private func settings(of summary: EvaluationSummary) -> [(name: String, value: String)] {
    let rules = summary.protocol
    var settings = [
      ("splitpipe", summary.version), ("engine", summary.engine), ("decoding", mediaDescription),
      ("model", "\(summary.model), fingerprint \(model.fingerprints[0])"),
      ("dataset", "\(summary.dataset), list of images \(dataset.fingerprint)"),
      ("precision", summary.precision), ("input", rules.preparation),
      ("splits", request.splits.joined(separator: ", ")),
      ("bits", request.bits.uniqued().map(String.init).joined(separator: ", ")),
      ("codecs", request.codecs.joined(separator: ", ")),
      ("quantizers", request.quantizers.uniqued().joined(separator: ", ")),
      (
        "reference",
        summary.reference == "truth" ? "the labels" : "the unsplit model, confidence 0.25 and more"
      ), ("metrics", rules.metrics),
    ]
    if case .video = dataset.pictures {
      settings.append(("key frames", "at the latest every \(request.keyInterval) frames"))
    }
    if let confidence = rules.confidence, let iou = rules.iou, let boxes = rules.maximumBoxes {
      settings.append(
        (
          "boxes",
          "confidence above \(confidence), suppression at IoU \(iou), at most \(boxes) a picture"
        ))
    }
    settings += (rules.baselineSettings ?? [:]).sorted { $0.key < $1.key }.map {
      ($0.key == "jpeg" ? "JPEG" : "H.264", $0.value)
    }
    settings.append(("time", "\(oneDecimal(summary.seconds)) s for this run"))
    return settings.map { (name: $0.0, value: $0.1) }
  }
}
