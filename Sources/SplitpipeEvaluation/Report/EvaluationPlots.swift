import SplitpipeCore
import SplitpipeReport

/// The plots of a sweep's report.
struct EvaluationPlots {
  let summary: EvaluationSummary

  private var isDetection: Bool { summary.unsplit.isDetection }
  private var metric: String { summary.unsplit.isDetection ? "mAP50-95" : "top-1 accuracy" }
  private var splits: [String] { summary.rows.map(\.split).uniqued() }
  private var codecs: [String] { summary.rows.map(\.codec).uniqued() }
  private var quantizers: [String] { summary.rows.map(\.quantizer).uniqued() }

  /// Rows that differ in bits only.
  private struct Curve {
    var name: String
    var rows: [EvaluationSummary.Row]
  }

  /// A curve per split, codec and quantizer, named by what there is more than one of.
  private var curves: [Curve] {
    splits.flatMap { split in
      codecs.flatMap { codec in
        quantizers.map { quantizer in
          Curve(
            name: ([split] + (codecs.count > 1 ? [codec] : [])
              + (quantizers.count > 1 ? [quantizer] : [])).joined(separator: ", "),
            rows: summary.rows.filter {
              $0.split == split && $0.codec == codec && $0.quantizer == quantizer
            })
        }
      }
    }
    .filter { !$0.rows.isEmpty }
  }

  /// Every codec and baseline: bytes against accuracy.
  var rate: ReportPlot {
    var series: [ReportPlot.Series] = []
    for curve in curves {
      let points = curve.rows.compactMap { row in
        row.accuracy.headline.map {
          ReportPlot.Point(
            x: row.codedBytes / 1000, y: $0,
            label: "\(row.bits) bits, \(kilobytes(row.codedBytes)) kB, \(fourDecimals($0))"
              + (row.pareto ? ", nothing beats it" : ""))
        }
      }
      if !points.isEmpty { series.append(.init(name: curve.name, points: points)) }
    }
    for (kind, title) in [("jpeg", "JPEG, unsplit"), ("h264", "H.264, unsplit")] {
      let points = summary.baselines.filter { $0.kind == kind }.compactMap { baseline in
        baseline.accuracy.headline.map {
          ReportPlot.Point(
            x: baseline.bytesPerFrame / 1000, y: $0,
            label: "\(baseline.name), \(kilobytes(baseline.bytesPerFrame)) kB, \(fourDecimals($0))")
        }
      }
      if !points.isEmpty { series.append(.init(name: title, points: points)) }
    }
    let ends = series.flatMap(\.points).map(\.x)
    if let level = level(ends) { series.append(level) }
    if let front { series.append(front) }
    return ReportPlot(
      title: "Rate against accuracy",
      caption: "Further left is fewer bytes, further up is more accurate. A point of a split's "
        + "curve is a bit depth"
        + (summary.baselines.isEmpty ? "." : ", of a picture or video coder's curve a quality.")
        + (front == nil ? "" : " The dotted line joins the rows that no other row beats."),
      x: .init("kB per picture, headers included", isLogarithmic: true), y: .init(metric),
      series: series)
  }

  /// The rows that no other beats, the fewest bytes first; nil where a line needs no drawing.
  private var front: ReportPlot.Series? {
    let points = summary.rows.filter(\.pareto).sorted { $0.codedBytes < $1.codedBytes }
      .compactMap { row in
        row.accuracy.headline.map {
          ReportPlot.Point(x: row.codedBytes / 1000, y: $0, label: row.setting)
        }
      }
    guard points.count > 1, curves.count > 1 else { return nil }
    return ReportPlot.Series(name: "no row beats these", points: points, isReference: true)
  }

  /// Accuracy by bit depth, as figure 5 (right) of Carra & Neglia.
  var accuracy: ReportPlot {
    var series: [ReportPlot.Series] = []
    for split in splits {
      for quantizer in quantizers {
        let rows = summary.rows.filter { $0.split == split && $0.quantizer == quantizer }
        guard let codec = rows.first?.codec else { continue }
        let points = quantized(rows.filter { $0.codec == codec }).compactMap { row in
          row.accuracy.headline.map {
            ReportPlot.Point(
              x: Double(row.bits), y: $0, label: "\(row.bits) bits, \(fourDecimals($0))")
          }
        }
        series.append(
          .init(name: quantizers.count > 1 ? "\(split), \(quantizer)" : split, points: points))
      }
    }
    if let level = level(series.flatMap(\.points).map(\.x)) { series.append(level) }
    return ReportPlot(
      title: "Accuracy by bit depth",
      caption:
        "What quantization costs; codecs lose nothing, so one curve stands for all. As figure "
        + "5 (right) of Carra & Neglia.",
      x: .init("bits per coefficient", isWhole: true), y: .init(metric), series: series)
  }

  /// Bytes by bit depth beside JPEG, as figure 6 (right) of Carra & Neglia.
  var bytes: ReportPlot {
    var series: [ReportPlot.Series] = []
    for curve in curves {
      let points = quantized(curve.rows).map { row in
        ReportPlot.Point(
          x: Double(row.bits), y: row.codedBytes / 1000,
          label: "\(row.bits) bits, \(kilobytes(row.codedBytes)) kB")
      }
      if !points.isEmpty { series.append(.init(name: curve.name, points: points)) }
    }
    let ends = series.flatMap(\.points).map(\.x)
    if let first = ends.min(), let last = ends.max() {
      for baseline in shownBaselines {
        let level = baseline.bytesPerFrame / 1000
        series.append(
          .init(
            name: baseline.name,
            points: [first, last].map {
              .init(x: $0, y: level, label: "\(kilobytes(baseline.bytesPerFrame)) kB")
            }, isReference: true))
      }
    }
    return ReportPlot(
      title: "Bytes by bit depth",
      caption: "What a picture's tensors take on the wire; dotted levels are the picture itself as "
        + (summary.baselines.contains { $0.kind == "h264" } ? "JPEG and H.264" : "JPEG") + ". As "
        + "figure 6 (right) of Carra & Neglia.",
      x: .init("bits per coefficient", isWhole: true),
      y: .init("kB per picture", isLogarithmic: true), series: series)
  }

  /// Change of average precision, or of top-1 accuracy, per class.
  func classes(_ row: EvaluationSummary.Row) -> ReportPlot? {
    guard let unsplit = summary.unsplit.perClass, let split = row.accuracy.perClass else {
      return nil
    }
    let changes = unsplit.compactMap { name, value in split[name].map { (name, $0 - value) } }
      .filter { $0.1 != 0 }
      .sorted { (abs($0.1), $1.0) > (abs($1.1), $0.0) }.prefix(24)
      .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
    guard !changes.isEmpty else { return nil }
    return ReportPlot(
      .bars, title: "Change per class, \(row.setting)",
      caption: (isDetection ? "Average precision (0.50 to 0.95)" : "Top-1 accuracy")
        + " of the split less that of the unsplit model, for the \(changes.count) of "
        + "\(unsplit.count) classes that change most. Bars to the left are losses. Classes with few "
        + "\(isDetection ? "objects" : "pictures") swing widely.",
      x: .init("change of \(isDetection ? "AP" : "top-1 accuracy")"), y: .init("class"),
      series: [
        .init(name: "change", points: changes.map { .init(x: 0, y: $0.1, label: $0.0) })
      ])
  }

  private func quantized(_ rows: [EvaluationSummary.Row]) -> [EvaluationSummary.Row] {
    rows.filter { $0.bits <= 8 }
  }

  /// The best, the middle and the worst quality of each kind, the most bytes first.
  private var shownBaselines: [EvaluationSummary.Baseline] {
    ["jpeg", "h264"].flatMap { kind in
      let all = summary.baselines.filter { $0.kind == kind }
        .sorted { $0.bytesPerFrame > $1.bytesPerFrame }
      guard all.count > 3 else { return all }
      return [all[0], all[all.count / 2], all[all.count - 1]]
    }.sorted { $0.bytesPerFrame > $1.bytesPerFrame }
  }

  private func level(_ xs: [Double]) -> ReportPlot.Series? {
    guard let first = xs.min(), let last = xs.max(), let value = summary.unsplit.headline else {
      return nil
    }
    return ReportPlot.Series(
      name: "unsplit",
      points: [first, last].map { .init(x: $0, y: value, label: fourDecimals(value)) },
      isReference: true)
  }
}
