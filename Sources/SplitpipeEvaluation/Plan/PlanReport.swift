import SplitpipeReport
import SplitpipeStatistics

/// The page that `splitpipe plan --report` writes.
struct PlanReport {
  let summary: PlanSummary
  let command: String

  var page: ReportPage {
    ReportPage(
      title: "Where to cut \(fileName(summary.model)), on \(fileName(summary.input))",
      summary: sentence,
      sections: [
        ReportPage.Section(
          "Latency by split",
          (summary.complete
            ? [] : [.paragraph("The run was interrupted: later splits are missing.")])
            + [.latency(latency)]),
        ReportPage.Section("All splits", [.table(splits), .table(heads)]),
        ReportPage.Section("Bytes and importance", plots),
      ] + accuracy + [
        .again(
          command,
          settings: [
            ("input", summary.input), ("model", summary.model), ("network input", summary.size),
            ("frames", "\(summary.frames)"), ("bits", "\(summary.bits)"), ("codec", summary.codec),
            ("quantizer", summary.quantizer), ("link", summary.link),
            ("round trip", milliseconds(summary.roundTripSeconds)),
            ("speed of the device", "\(summary.deviceFactor)"),
            ("speed of the server", "\(summary.serverFactor)"),
          ])
      ])
  }

  private var sentence: String {
    let best = summary.optimum
    func part(_ name: String?, _ what: String) -> String? { name.map { "\(what) at \($0)" } }
    return "Over \(summary.link) with a round trip of \(milliseconds(summary.roundTripSeconds)): "
      + [
        "least latency \(fastest)", part(best.cde, "CDE's choice"),
        part(best.cui, "most important"),
      ].compactMap { $0 }.joined(separator: ", ") + "."
  }

  private var fastest: String {
    let all =
      summary.splits.map { ("at \($0.name)", $0.latencySeconds) }
      + summary.whole.map { ($0.title, $0.latencySeconds) }
    return all.min { $0.1 < $1.1 }?.0 ?? ""
  }

  private var latency: ReportLatency {
    let (device, server) = (summary.deviceFactor, summary.serverFactor)
    let around = (summary.prepareSeconds, summary.answerSeconds)
    return ReportLatency(
      rows: summary.splits.map { split in
        ReportLatency.Row(
          name: split.name,
          device: (around.0 + split.headSeconds + split.encodeSeconds) * device,
          server: (split.restoreSeconds + split.tailSeconds + around.1) * server,
          bytes: split.bytesPerFrame)
      }
        + summary.whole.map {
          ReportLatency.Row(
            name: $0.title, device: $0.deviceSeconds * device, server: $0.serverSeconds * server,
            bytes: $0.bytesPerFrame)
        },
      link: summary.linkBitsPerSecond, roundTrip: summary.roundTripSeconds, device: device,
      server: server)
  }

  private var splits: ReportTable {
    ReportTable(
      caption: "In the order of the network, at \(summary.link), a round trip of "
        + "\(milliseconds(summary.roundTripSeconds)), \(summary.bits) bits, \(summary.codec); times are "
        + "medians of a frame. The front is that of latency, bytes, importance and, where it was "
        + "measured, accuracy.",
      header: [
        "split", "head", "coding", "link", "decoding", "tail", "latency", "bytes", "importance",
        "front",
      ],
      rows: summary.splits.map { split in
        [
          split.name, milliseconds(split.headSeconds), milliseconds(split.encodeSeconds),
          milliseconds(split.transferSeconds), milliseconds(split.restoreSeconds),
          milliseconds(split.tailSeconds), milliseconds(split.latencySeconds),
          "\(Int(split.bytesPerFrame.rounded()))", split.importance.map(scientific) ?? "",
          split.pareto ? "on it" : "",
        ]
      }
        + summary.whole.map { whole in
          [
            whole.title, milliseconds(whole.deviceSeconds), "", milliseconds(whole.transferSeconds),
            "", milliseconds(whole.serverSeconds), milliseconds(whole.latencySeconds),
            "\(Int(whole.bytesPerFrame.rounded()))", "", "",
          ]
        })
  }

  private var heads: ReportTable {
    let hasEnergy = summary.splits.contains { $0.headJoules != nil }
    return ReportTable(
      caption:
        "What the device needs: multiply-accumulate operations, weights, and tensors alive at a "
        + "time with nothing computed in place.",
      header: ["split", "MMACs", "weights", "tensors", "raw bytes", "CDE"]
        + (hasEnergy ? ["energy"] : []),
      rows: summary.splits.map { split in
        [
          split.name, "\((Double(split.headMACs) / 1e5).rounded() / 10)",
          kilobytes(split.headWeightBytes), kilobytes(split.headPeakBytes),
          kilobytes(split.rawBytes), split.isSmaller ? "smaller" : "",
        ] + (hasEnergy ? [split.headJoules.map { scientific($0) + " J" } ?? ""] : [])
      })
  }

  private var plots: [ReportPage.Block] {
    let bytes = plot("Bytes of a frame", y: "bytes", isLogarithmic: true) { $0.bytesPerFrame }
    let importance = plot("Importance", y: "importance", isLogarithmic: true) {
      $0.importance.flatMap { $0 > 0 ? $0 : nil }
    }
    return [bytes, importance].filter { !($0.series.first?.points.isEmpty ?? true) }.map {
      .plot($0)
    }
  }

  private func plot(
    _ title: String, y: String, isLogarithmic: Bool,
    _ value: (PlanSummary.Split) -> Double?
  ) -> ReportPlot {
    let points = summary.splits.enumerated().compactMap { place, split in
      value(split).map {
        ReportPlot.Point(x: Double(place), y: $0, label: "\(split.name), \(scientific($0))")
      }
    }
    return ReportPlot(
      title: title, caption: "Splits from the input to the output, as in the table above.",
      x: .init("split", isWhole: true), y: .init(y, isLogarithmic: isLogarithmic),
      series: [ReportPlot.Series(name: y, points: points)])
  }

  private var accuracy: [ReportPage.Section] {
    guard let correlations = summary.rankCorrelation else { return [] }
    let checked = summary.splits.filter { $0.accuracy != nil }
    let widths = summary.checkedWidths
    let measured = ReportTable(
      caption: "\(summary.accuracyName) on \(summary.checkedImages) pictures.",
      header: ["split"] + widths.map { "\($0) bits" },
      rows: checked.map { split in
        [split.name] + widths.map { split.accuracy?[$0].map(fourDigits) ?? "" }
      })
    let ranks = ReportTable(
      caption:
        "Kendall's τ and Spearman's ρ of each with the accuracy measured, with intervals of 95 %: 1 "
        + "orders the splits as accuracy does, 0 tells nothing.",
      header: ["predictor"]
        + widths.flatMap { ["τ at \($0) bits", "ρ at \($0) bits", "τ of halves"] },
      rows: correlations.sorted { $0.key < $1.key }.map { name, byWidth in
        [name]
          + widths.flatMap { width -> [String] in
            guard let found = byWidth[width] else { return ["", "", ""] }
            let halves = found.tauOfHalves.sorted()
            return [
              ranged(found.tau, found.interval?.tau), ranged(found.rho, found.interval?.rho),
              halves.isEmpty
                ? "" : ranged(halves[halves.count / 2], [halves[0], halves[halves.count - 1]]),
            ]
          }
      })
    return [
      ReportPage.Section(
        "Accuracy, measured", [.table(measured)] + widths.map { .plot(boxes(checked, $0)) }),
      ReportPage.Section("Does anything tell it beforehand?", [.table(ranks)]),
    ]
  }

  /// What hangs on the choice of pictures.
  private func boxes(_ checked: [PlanSummary.Split], _ width: String) -> ReportPlot {
    func series(_ name: String, _ share: Double, isReference: Bool = false) -> ReportPlot.Series {
      let points = checked.enumerated().compactMap { place, split -> ReportPlot.Point? in
        guard let values = split.accuracyOfHalves?[width]?.sorted(), !values.isEmpty else {
          return nil
        }
        let value = values[Int((Double(values.count - 1) * share).rounded())]
        return ReportPlot.Point(
          x: Double(place), y: value, label: "\(split.name), \(fourDigits(value))")
      }
      return ReportPlot.Series(name: name, points: points, isReference: isReference)
    }
    return ReportPlot(
      title: "\(summary.accuracyName) at \(width) bits on random halves of the pictures",
      caption:
        "Least, quarters, middle and most of \(PlanCheck.halfCount) halves, for the splits of the "
        + "table in their order.",
      x: .init("split", isWhole: true), y: .init(summary.accuracyName),
      series: [
        series("least", 0), series("lower quarter", 0.25), series("middle", 0.5),
        series("upper quarter", 0.75), series("most", 1),
      ])
  }

  private func ranged(_ value: Double, _ interval: [Double]?) -> String {
    func short(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
    return short(value)
      + (interval.map { " (\(short($0[0])) to \(short($0[1])))" } ?? "")
  }

  private func fourDigits(_ value: Double) -> String { "\((value * 1e4).rounded() / 1e4)" }

  private func milliseconds(_ seconds: Double) -> String {
    "\((seconds * 1e5).rounded() / 100) ms"
  }

  private func kilobytes(_ bytes: Int) -> String { "\((Double(bytes) / 100).rounded() / 10) kB" }
}
