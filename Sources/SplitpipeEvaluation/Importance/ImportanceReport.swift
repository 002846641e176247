import SplitpipeReport

/// The page that `splitpipe importance --report` writes.
struct ImportanceReport {
  let summary: ImportanceSummary
  let command: String

  /// Classes with curves of their own at most, those of the highest curves.
  private static let mostClasses = 6

  var page: ReportPage {
    ReportPage(
      title: "Which tensors of \(fileName(summary.model)) matter, on \(fileName(summary.dataset))",
      summary: "\(summary.images) pictures, \(summary.method) (\(summary.definition)) of "
        + "\(summary.target).",
      sections: [
        ReportPage.Section(
          "Importance along the network",
          caveats.map { .paragraph($0) } + [.plot(curve(isLogarithmic: true))]
            + [.plot(curve(isLogarithmic: false))]),
        ReportPage.Section(
          "Candidates for a split",
          [
            .paragraph(
              "I-SPLIT takes the peak and the local maxima of the curve, CDE the tensors that are "
                + "smaller than the one before. Neither has looked at what is lost there."),
            .table(candidates),
          ]),
        ReportPage.Section(
          "Classes", [summary.classCurves.isEmpty ? noClasses : .plot(classes)]),
        ReportPage.Section("All tensors", [.table(all)]),
        .again(
          command,
          settings: [
            ("dataset", summary.dataset), ("model", summary.model), ("method", summary.method),
            ("definition", summary.definition), ("target", summary.target),
          ]),
      ])
  }

  private var caveats: [String] {
    var sentences: [String] = []
    if !summary.complete {
      sentences.append(
        "The run was interrupted: these are \(summary.images) of \(summary.total) pictures.")
    }
    if summary.empty > 0 {
      sentences.append(
        "\(counted(summary.empty, "picture")) had nothing to differentiate and \(summary.empty == 1 ? "is" : "are") "
          + "left out.")
    }
    return sentences
  }

  private func curve(isLogarithmic: Bool) -> ReportPlot {
    ReportPlot(
      title: isLogarithmic ? "Mean importance" : "Mean importance, linear",
      caption: "Tensors from the input to the output, in the order of the network. "
        + (isLogarithmic ? "Zeros have no place on this axis." : "The spread is over pictures."),
      x: .init("tensor", isWhole: true),
      y: .init("importance", isLogarithmic: isLogarithmic),
      series: [series("mean", summary.tensors.map(\.mean), isLogarithmic: isLogarithmic)]
        + (isLogarithmic
          ? []
          : [
            series(
              "mean + spread", summary.tensors.map { $0.mean + $0.standardDeviation },
              isLogarithmic: false, isReference: true)
          ]),
      isDense: summary.tensors.count > 60)
  }

  private var classes: ReportPlot {
    let shown = summary.classCurves.prefix(Self.mostClasses)
    let left = summary.classCurves.count - shown.count
    return ReportPlot(
      title: "Mean importance by class",
      caption: "Over the pictures that show the class"
        + (left > 0 ? "; \(left) classes of lower curves are in the summary alone." : "."),
      x: .init("tensor", isWhole: true), y: .init("importance", isLogarithmic: true),
      series: shown.map { series($0.name, $0.means, isLogarithmic: true) },
      isDense: summary.tensors.count > 60)
  }

  private let noClasses = ReportPage.Block.paragraph("No class was told apart.")

  private func series(
    _ name: String, _ values: [Double], isLogarithmic: Bool, isReference: Bool = false
  ) -> ReportPlot.Series {
    let points = values.enumerated().compactMap { index, value -> ReportPlot.Point? in
      guard value > 0 || !isLogarithmic else { return nil }
      let tensor = summary.tensors[index]
      return ReportPlot.Point(
        x: Double(index), y: value,
        label: "\(tensor.label), \(tensor.shapeText), \(scientific(value))")
    }
    return ReportPlot.Series(name: name, points: points, isReference: isReference)
  }

  private var candidates: ReportTable {
    let chosen = Set(summary.candidates.cui + summary.candidates.cde)
    return ReportTable(
      caption: "In the order of the network.",
      header: ["tensor", "shape", "importance", "spread", "I-SPLIT", "CDE"],
      rows: summary.tensors.filter { chosen.contains($0.label) }.map { tensor in
        let place = summary.candidates.cui.firstIndex(of: tensor.label)
        return [
          tensor.label, tensor.shapeText, scientific(tensor.mean),
          scientific(tensor.standardDeviation),
          place.map { $0 == 0 ? "peak" : "maximum, number \($0 + 1)" } ?? "",
          summary.candidates.cde.contains(tensor.label) ? "smaller" : "",
        ]
      })
  }

  private var all: ReportTable {
    ReportTable(
      caption: "In the order of the network.",
      header: ["tensor", "shape", "importance", "spread"],
      rows: summary.tensors.map {
        [$0.label, $0.shapeText, scientific($0.mean), scientific($0.standardDeviation)]
      })
  }
}

extension ImportanceSummary {
  /// Curves of single classes, the highest first.
  var classCurves: [(name: String, means: [Double])] {
    Set(tensors.flatMap { $0.perClass.keys }).map { name in
      (name, tensors.map { $0.perClass[name] ?? 0 })
    }.sorted { left, right in
      let (a, b) = (left.1.reduce(0, +), right.1.reduce(0, +))
      return (b, left.0) < (a, right.0)
    }
  }
}
