import SplitpipeReport

/// The page that `splitpipe evaluate --report` writes.
struct EvaluationReport {
  let summary: EvaluationSummary
  /// The row looked at closely, and why it is this one; nil where there is none.
  let focus: (row: EvaluationSummary.Row, reason: String)?
  /// nil where no picture changes.
  let pictures: WorstPictureList?
  /// Names and values needed to run the sweep again.
  let settings: [(name: String, value: String)]
  let command: String

  private var names: [String] {
    summary.unsplit.isDetection ? ["mAP50", "mAP50-95"] : ["top-1", "top-5"]
  }

  var page: ReportPage {
    let plots = EvaluationPlots(summary: summary)
    let verdicts = Verdict.all(summary)
    let verdict = Verdict.sentence(verdicts, hasBaselines: !summary.baselines.isEmpty)
    var sections = [
      ReportPage.Section(
        "Where splitting wins and where it loses",
        [.paragraph(verdict)] + caveats.map { .paragraph($0) } + [.plot(plots.rate)]
          + (summary.baselines.isEmpty ? [] : [.table(table(verdicts))])),
      ReportPage.Section(
        "Settings that no other beats",
        [
          .paragraph(
            "Every other row has one of these that takes no more bytes and is at least as accurate."
              + (summary.baselines.isEmpty ? "" : " Baselines are not among them.")
          ), .table(front),
        ]),
      ReportPage.Section("Bit depth", [.plot(plots.accuracy), .plot(plots.bytes)]),
    ]
    if let focus {
      var blocks: [ReportPage.Block] = [.paragraph(focus.reason)]
      if let classes = plots.classes(focus.row) { blocks.append(.plot(classes)) }
      sections.append(
        ReportPage.Section("A closer look: \(focus.row.setting)", blocks))
    }
    if let pictures, let focus { sections.append(worst(pictures, focus.row)) }
    sections.append(ReportPage.Section("All rows", [.table(allRows)]))
    sections.append(again)
    return ReportPage(
      title: "Accuracy of \(fileName(summary.model)) split, on \(fileName(summary.dataset))",
      summary:
        "\(summary.images) pictures, unsplit \(names[0]) \(fourDecimals(summary.unsplit.first)) "
        + "and \(names[1]) \(fourDecimals(summary.unsplit.second)).", sections: sections)
  }

  private func worst(
    _ pictures: WorstPictureList, _ row: EvaluationSummary.Row
  ) -> ReportPage.Section {
    func title(_ count: Int) -> String {
      count == 1 ? "The picture that changes" : "The \(count) pictures that change most"
    }
    switch pictures {
    case .boxes(let pairs):
      return ReportPage.Section(
        title(pairs.count),
        [
          .paragraph(
            "Boxes of confidence 0.25 and more: the unsplit model first, then "
              + "\(row.setting). A box is kept where the other side has one of its class with an "
              + "overlap of at least 0.5."),
          .pictures(pairs),
        ])
    case .classes(let answers):
      return ReportPage.Section(
        title(answers.count),
        [
          .paragraph(
            "Pictures that get another class from \(row.setting) than from the "
              + "unsplit model: lost right answers first, then by how far the share of the true "
              + "class moves."),
          .gallery(answers),
        ])
    }
  }

  private var caveats: [String] {
    var result: [String] = []
    if summary.protocol.onlyNamed {
      result.append(
        "Only the tensor that the split names is quantized and counted, as Carra & Neglia do. Where "
          + "other tensors cross too this is not a runnable cut: a real one sends them as well.")
    }
    if !summary.complete {
      result.append(
        "The sweep was interrupted: these are \(summary.images) of \(summary.total) pictures.")
    }
    if !summary.skipped.isEmpty {
      result.append(
        "\(summary.skipped.count) pictures were left out, the first: \(summary.skipped[0].file): "
          + summary.skipped[0].reason)
    }
    return result
  }

  private func table(_ verdicts: [Verdict]) -> ReportTable {
    ReportTable(
      caption: "Each row beside the cheapest baseline that is at least as accurate by "
        + "\(summary.unsplit.isDetection ? names[1] : names[0]), or as the unsplit model where the "
        + "row is above it by chance.",
      header: [
        "split", "bits", "codec", "quantizer", "kB", "accuracy", "baseline", "kB", "split sends",
      ],
      rows: verdicts.map { verdict in
        let row = verdict.row
        return [
          row.split, "\(row.bits)", row.codec, row.quantizer, kilobytes(row.codedBytes),
          fourDecimals(row.accuracy.headline), verdict.baseline?.name ?? "none is as accurate",
          verdict.baseline.map { kilobytes($0.bytesPerFrame) } ?? "–",
          verdict.ratio.map { "\(oneDecimal($0)) × \($0 < 1 ? "(wins)" : "(loses)")" } ?? "(wins)",
        ]
      })
  }

  /// The front, the fewest bytes first.
  private var front: ReportTable {
    ReportTable(
      caption: "Of all rows, by bytes and \(summary.unsplit.isDetection ? names[1] : names[0]).",
      header: ["split", "bits", "codec", "quantizer", "kB", "bits/coefficient"] + names
        + ["change"],
      rows: summary.rows.filter(\.pareto).sorted { $0.codedBytes < $1.codedBytes }.map { row in
        [
          row.split, "\(row.bits)", row.codec, row.quantizer, kilobytes(row.codedBytes),
          "\((row.bitsPerCoefficient * 1000).rounded() / 1000)",
        ] + cells(row.accuracy)
      })
  }

  private var allRows: ReportTable {
    var rows = [
      ["unsplit", "", "", "", "", "", kilobytes(summary.sourceBytes), ""] + cells(summary.unsplit)
    ]
    for row in summary.rows {
      rows.append(
        [
          row.split, row.tensors.joined(separator: " + "), "\(row.bits)", row.codec, row.quantizer,
          row.clampedFraction.map { "\(($0 * 1e6).rounded() / 1e4) %" } ?? "",
          kilobytes(row.codedBytes), "\((row.bitsPerCoefficient * 1000).rounded() / 1000)",
        ] + cells(row.accuracy))
    }
    for baseline in summary.baselines {
      rows.append(
        [baseline.name, "", "", "", "", "", kilobytes(baseline.bytesPerFrame), ""]
          + cells(baseline.accuracy))
    }
    return ReportTable(
      caption:
        "Means per picture; kB = 1000 bytes on the wire, headers included (unsplit: the file "
        + "itself). Change is that of \(summary.unsplit.isDetection ? names[1] : names[0]).",
      header: [
        "sent", "tensors", "bits", "codec", "quantizer", "clamped", "kB", "bits/coefficient",
      ] + names + ["change"],
      rows: rows)
  }

  private func cells(_ accuracy: EvaluationSummary.Accuracy) -> [String] {
    let change = accuracy.headline.flatMap { value in summary.unsplit.headline.map { value - $0 } }
    return [fourDecimals(accuracy.first), fourDecimals(accuracy.second), fourDecimals(change)]
  }

  private var again: ReportPage.Section {
    var section = ReportPage.Section.again(command, settings: settings)
    section.blocks += summary.notes.map { .paragraph("Note: \($0)") }
    return section
  }
}
