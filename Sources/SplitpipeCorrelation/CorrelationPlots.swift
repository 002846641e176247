import SplitpipeCore
import SplitpipeReport

/// The plots and tables of an analysis.
struct CorrelationPlots {
  let summary: CorrelationSummary

  /// Cumulative shares of values beside differences, as figures 1 to 3 of Carra & Neglia.
  func distribution(_ tensor: CorrelationSummary.Tensor) -> ReportPlot {
    let all = tensor.distribution
    let curves: [(String, [Double]?)] = [
      ("values", all.value), ("less left", all.row), ("less up", all.column),
      ("less channel before", all.channel), ("less frame before", all.time),
    ]
    let series = curves.compactMap { name, values in
      values.map { values in
        // The ends of all are left out: one coefficient would stretch the axis.
        let inner = zip(values, all.shares).filter { $0.1 > 0 && $0.1 < 1 }
        return ReportPlot.Series(
          name: name,
          points: inner.map {
            .init(x: $0.0, y: $0.1 * 100, label: "\(percent($0.1)) below \(fourDecimals($0.0))")
          })
      }
    }
    return ReportPlot(
      title: "\(tensor.name): values and differences",
      caption: "Share of all coefficients below a value, from 0.1 % to 99.9 %. A difference whose "
        + "curve is steeper than that of the values is easier to code than they are. As figures 1 "
        + "to 3 of Carra & Neglia.",
      x: .init("value, or difference to the neighbour"), y: .init("% below"), series: series,
      isDense: true)
  }

  /// Entropies beside what codecs take.
  func entropy(_ tensor: CorrelationSummary.Tensor, bits: Int) -> ReportPlot? {
    guard let own = tensor.entropies[String(bits)] else { return nil }
    let held = tensor.heldRange?.entropies[String(bits)]
    var bars: [(String, Double?)] = [
      ("alone", own.order0), ("per channel", own.perChannel), ("given left", own.givenLeft),
      ("given up", own.givenUp), ("given frame before", own.givenPrevious),
      ("given both it and left", own.givenPreviousAndLeft),
      ("frame before, range held", held?.givenPrevious),
    ]
    let count = Double(tensor.shape.reduce(1, *))
    let codecs = tensor.bytesPerFrame?[String(bits)] ?? [:]
    bars += codecs.sorted { ($0.value, $0.key) > ($1.value, $1.key) }.map {
      ("codec \($0.key)", $0.value * 8 / max(1, count))
    }
    let points = bars.compactMap { name, value in
      value.map { ReportPlot.Point(x: 0, y: $0, label: name) }
    }
    return ReportPlot(
      .bars, title: "\(tensor.name) at \(bits) bits: what neighbours tell",
      caption: "Entropy of a code alone, of each channel's codes, and given neighbours: what an "
        + "ideal coder that knows no more would take. Bars of codecs are bytes of packets, headers "
        + "included, with the range of each frame.",
      x: .init("bits per coefficient"), y: .init("known"),
      series: [.init(name: "bits", points: points)])
  }

  func entropies(_ tensor: CorrelationSummary.Tensor) -> ReportTable {
    func row(_ name: String, _ value: CorrelationSummary.Entropies) -> [String] {
      let entropies: [Double?] = [
        value.order0, value.perChannel, value.givenLeft, value.givenUp, value.givenPrevious,
        value.givenPreviousAndLeft,
      ]
      return [name] + entropies.map(fourDecimals)
        + [
          percent(value.unchangedFraction), percent(value.zeroFraction),
          "\(value.modalCode): \(percent(value.modalFraction))",
        ]
    }
    var rows: [[String]] = []
    for bits in summary.bits.map(String.init) {
      if let own = tensor.entropies[bits] { rows.append(row("\(bits)", own)) }
      if let held = tensor.heldRange?.entropies[bits] {
        rows.append(row("\(bits), range held", held))
      }
    }
    let interval = tensor.heldRange.map {
      " A held range is that of a key frame, every \($0.keyInterval) frames."
    }
    return ReportTable(
      caption: "Bits per coefficient." + (interval ?? ""),
      header: [
        "bits", "alone", "per channel", "given left", "given up", "given frame before",
        "given both", "unchanged", "least code", "most frequent",
      ], rows: rows)
  }

  func neighbours(_ tensor: CorrelationSummary.Tensor) -> ReportTable {
    func row(
      _ name: String, _ key: KeyPath<CorrelationSummary.Directions, Double?>
    ) -> [String] {
      let spectrum = tensor.spectrum
      return [
        name, fourDecimals(tensor.rangeRatio[keyPath: key]),
        fourDecimals(tensor.pearson[keyPath: key]),
        fourDecimals(spectrum.energyInLowest10Percent[keyPath: key]),
        fourDecimals(spectrum.energyInLowest10PercentWithoutMean[keyPath: key]),
      ]
    }
    return ReportTable(
      caption: "The value beside its neighbours. Range ratio: 99.8 % range of the difference over "
        + "that of the value. Energy: share of the lowest tenth of the frequencies along rows, "
        + "columns and channels, with and without the mean of each line.",
      header: ["neighbour", "range ratio", "Pearson", "energy", "energy without mean"],
      rows: [
        row("left", \.row), row("up", \.column), row("channel before", \.channel),
        row("frame before", \.time),
      ])
  }

  /// One plot per tensor: the stretches one after another.
  func stretches(_ segments: [CorrelationSummary.Segment]) -> [ReportPlot] {
    summary.tensors.indices.compactMap { index in
      let points = segments.compactMap { segment -> ReportPlot.Point? in
        guard segment.tensors.indices.contains(index),
          let bits = segment.tensors[index].entropy.givenPrevious
        else { return nil }
        return .init(
          x: 0, y: bits, label: "\(segment.kind), frames \(segment.firstFrame)–\(segment.lastFrame)"
        )
      }
      guard !points.isEmpty else { return nil }
      return ReportPlot(
        .bars, title: "\(summary.tensors[index].name): stretches",
        caption: "Entropy given the frame before, at \(summary.bits[0]) bits.",
        x: .init("bits per coefficient"), y: .init("stretch"),
        series: [.init(name: "bits", points: points)])
    }
  }

  func table(_ segments: [CorrelationSummary.Segment]) -> ReportTable {
    ReportTable(
      caption: "At \(summary.bits[0]) bits.",
      header: [
        "stretch", "seconds", "tensor", "alone", "given left", "given frame before",
        "time range ratio", "unchanged",
      ],
      rows: segments.flatMap { segment in
        segment.tensors.map { tensor in
          [
            "\(segment.kind), frames \(segment.firstFrame)–\(segment.lastFrame)",
            "\(oneDecimal(segment.firstSeconds))–\(oneDecimal(segment.lastSeconds))", tensor.name,
            fourDecimals(tensor.entropy.order0), fourDecimals(tensor.entropy.givenLeft),
            fourDecimals(tensor.entropy.givenPrevious), fourDecimals(tensor.rangeRatio.time),
            percent(tensor.unchangedFraction),
          ]
        }
      })
  }

  func lowPass(_ rows: [CorrelationSummary.LowPass]) -> ReportPlot {
    let filtered = rows.filter { $0.axes != "none" }
    var series = filtered.map(\.axes).uniqued().map { axes in
      ReportPlot.Series(
        name: axes,
        points: filtered.filter { $0.axes == axes }.sorted { $0.percent < $1.percent }
          .compactMap { row in
            row.map50_95.map {
              .init(x: Double(row.percent), y: $0, label: "\(row.percent) %, \(fourDecimals($0))")
            }
          })
    }
    let ends = filtered.map { Double($0.percent) }
    if let whole = rows.first(where: { $0.axes == "none" })?.map50_95, let first = ends.min(),
      let last = ends.max()
    {
      series.append(
        .init(
          name: "no filter",
          points: [first, last].map { .init(x: $0, y: whole, label: fourDecimals(whole)) },
          isReference: true))
    }
    return ReportPlot(
      title: "Accuracy with only the lowest frequencies kept",
      caption: "mAP50-95 of the rest of the network, the boxes of the unsplit model being the "
        + "truth, when a low-pass filter leaves of every tensor that crosses only the lowest "
        + "frequencies along the directions named.",
      x: .init("% of frequencies kept"), y: .init("mAP50-95"), series: series)
  }

  func table(_ rows: [CorrelationSummary.LowPass]) -> ReportTable {
    ReportTable(
      caption: "Against the unsplit model.",
      header: ["filtered along", "% kept", "mAP50", "mAP50-95"],
      rows: rows.map {
        [$0.axes, "\($0.percent)", fourDecimals($0.map50), fourDecimals($0.map50_95)]
      })
  }
}
