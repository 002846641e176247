import SplitpipeReport

/// The page that `splitpipe importance --report` writes.
struct ImportanceReport {
  let summary: ImportanceSummary
  let command: String
  /// Over some of the pictures.
  let maps: [ReportMaps.Picture]

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
      ] + picturesAndRelevance + [
        ReportPage.Section("All tensors", [.table(all)]),
        .again(
          command,
          settings: [
            ("dataset", summary.dataset), ("model", summary.model), ("method", summary.method),
            ("definition", summary.definition), ("target", summary.target),
          ]),
      ])
  }

  private var picturesAndRelevance: [ReportPage.Section] {
    var sections: [ReportPage.Section] = []
    if !maps.isEmpty {
      sections.append(
        ReportPage.Section(
          "Maps over pictures",
          [
            .paragraph(
              "Where the chosen tensor has to do with the answer: Grad-CAM's map, from nothing over "
                + "yellow to red for the most in the picture."),
            .maps(
              ReportMaps(
                tensors: summary.tensors.map(\.label), pictures: maps,
                first: summary.tensors.firstIndex { $0.label == summary.candidates.cui.first } ?? 0)
            ),
          ]))
    }
    if let relevance = summary.relevance {
      sections.append(
        ReportPage.Section(
          "The most relevant coefficients", relevance.flatMap { blocks(of: $0) }))
    }
    return sections
  }

  private func blocks(of relevance: RelevanceSummary) -> [ReportPage.Block] {
    func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
    func series(_ name: String, _ share: KeyPath<RelevanceSummary.Point, Double>)
      -> ReportPlot.Series
    {
      ReportPlot.Series(
        name: name,
        points: relevance.curve.map {
          ReportPlot.Point(
            x: $0.value, y: $0[keyPath: share], label: "\(percent($0[keyPath: share]))")
        })
    }
    let plot = ReportPlot(
      title: "Values at \(relevance.tensor)",
      caption:
        "How values of the \(percent(relevance.share)) most relevant coefficients are distributed "
        + "beside those of all: \(relevance.verdict).",
      x: .init("value"), y: .init("share of coefficients"),
      series: [series("all", \.all), series("most relevant", \.relevant)], isDense: true)
    let table = ReportTable(
      caption: "Small is within half a step of 4 bits from zero.",
      header: ["\(relevance.tensor)", "all", "most relevant"],
      rows: [
        ["zeros", percent(relevance.zeros.all), percent(relevance.zeros.relevant)],
        ["small", percent(relevance.small.all), percent(relevance.small.relevant)],
      ])
    return [.plot(plot), .table(table)]
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
