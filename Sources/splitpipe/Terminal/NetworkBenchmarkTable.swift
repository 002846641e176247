import SplitpipeStages

/// The figures of `bench network` for people, and which way wins where.
struct NetworkBenchmarkTable {
  let result: NetworkBenchmark

  init(_ result: NetworkBenchmark) { self.result = result }

  var text: String {
    let facts = Text.table([
      ["input", "\(result.input), \(result.frames) frames"], ["model", result.model],
      ["round trip", Text.milliseconds(result.roundTripSeconds)],
      ["mAP is against", result.reference == "truth" ? "the labels" : "the unsplit model"],
    ])
    return ([facts] + links.map(table) + [verdicts]).joined(separator: "\n\n")
  }

  /// In the order in which they were asked for.
  private var links: [String] {
    result.rows.map(\.link).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private func table(_ link: String) -> String {
    let header = [
      link, "", "kB/frame", "frames/s", "held up by", "median", "p95", "device CPU", "server CPU",
      "mAP50-95",
    ]
    let rows = result.rows.filter { $0.link == link }.map { row in
      [
        row.way, row.setting, Text.decimal(row.bytesPerFrame / 1000, 2),
        Text.decimal(row.framesPerSecond, 1), row.bottleneck,
        Text.milliseconds(row.endToEndSeconds.median), Text.milliseconds(row.endToEndSeconds.p95),
        Text.milliseconds(row.edgeCPUSeconds), Text.milliseconds(row.serverCPUSeconds),
        row.map50_95.map { Text.decimal($0, 4) } ?? "none",
      ]
    }
    return Text.table([header] + rows, numeric: true)
  }

  private var verdicts: String { links.map(verdict).joined(separator: "\n") }

  /// Which way is quickest, which lets most pass, and which leaves the device least to do.
  private func verdict(_ link: String) -> String {
    let rows = result.rows.filter { $0.link == link }
    guard let quickest = rows.min(by: { $0.endToEndSeconds.median < $1.endToEndSeconds.median }),
      let fastest = rows.max(by: { $0.framesPerSecond < $1.framesPerSecond }),
      let lightest = rows.min(by: { $0.edgeCPUSeconds < $1.edgeCPUSeconds })
    else { return "" }
    func name(_ row: NetworkBenchmark.Row) -> String {
      let way = row.way == "device" ? "the device alone" : "\(row.way) \(row.setting)"
      return row.map50_95.map { "\(way) (mAP \(Text.decimal($0, 3)))" } ?? way
    }
    return "at \(link): \(name(quickest)) is quickest, \(name(fastest)) lets most frames pass, "
      + "\(name(lightest)) leaves the device least to do"
  }
}
