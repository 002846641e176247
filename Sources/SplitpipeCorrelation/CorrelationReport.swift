import SplitpipeReport

/// The page that `splitpipe correlate --report` writes.
struct CorrelationReport {
  let summary: CorrelationSummary
  /// One per tensor that changed.
  let heatMaps: [ReportPicture]
  /// Names and values needed to run the analysis again.
  let settings: [(name: String, value: String)]
  let command: String

  var page: ReportPage {
    let plots = CorrelationPlots(summary: summary)
    var sections = [
      ReportPage.Section(
        "What it says",
        [.paragraph(summary.conclusion), .paragraph(summary.rule)]
          + summary.notes.map { .paragraph("Note: \($0)") })
    ]
    for tensor in summary.tensors {
      sections.append(
        ReportPage.Section(
          "Tensor \(tensor.name)",
          [.plot(plots.distribution(tensor))]
            + summary.bits.compactMap { plots.entropy(tensor, bits: $0).map { .plot($0) } }
            + [.table(plots.entropies(tensor)), .table(plots.neighbours(tensor))]))
    }
    if !heatMaps.isEmpty {
      sections.append(
        ReportPage.Section(
          "Where codes change",
          [
            .paragraph(
              "The frame that differs most from those before it, in grey; over it, how often the "
                + "codes of each location change from one frame to the next, their range held.")
          ] + heatMaps.map { .picture($0) }))
    }
    if let segments = summary.segments {
      sections.append(
        ReportPage.Section(
          "Still and moving stretches",
          [
            .paragraph(
              "A frame counts as moving where more than one block in 500 (8×8 pixels of the "
                + "network's input) has changed its brightness by at least 8 of 255 since 0.4 "
                + "seconds before; a stretch is at least 0.8 seconds long.")
          ] + plots.stretches(segments).map { .plot($0) } + [.table(plots.table(segments))]))
    }
    if let rows = summary.lowPass {
      sections.append(
        ReportPage.Section(
          "Only the lowest frequencies",
          [.plot(plots.lowPass(rows)), .table(plots.table(rows))]))
    }
    sections.append(.again(command, settings: settings))
    return ReportPage(
      title: "Correlation of \(fileName(summary.model))'s tensors, on \(fileName(summary.input))",
      summary: "\(summary.frames) frames, split \(summary.split): "
        + summary.tensors.map(\.name).joined(separator: ", ") + ".", sections: sections)
  }
}
