import SplitpipeCorrelation

/// An analysis for a person.
struct CorrelationTable {
  let text: String

  init(_ summary: CorrelationSummary) {
    var blocks = [
      "\(summary.frames) frame\(summary.frames == 1 ? "" : "s") of \(summary.input), \(summary.model), \(summary.precision)"
    ]
    let bits = summary.bits[0]
    blocks += summary.tensors.map { Self.table($0, summary.bits) }
    if let segments = summary.segments {
      let rows = segments.map { segment in
        [
          segment.kind, "\(segment.firstFrame)–\(segment.lastFrame)",
          "\(Text.decimal(segment.firstSeconds, 1))–\(Text.decimal(segment.lastSeconds, 1)) s",
        ] + segment.tensors.map { Self.decimal($0.entropy.givenPrevious, 3) }
      }
      blocks.append(
        "Stretches, and bits given the frame before at \(bits) bits\n"
          + Text.table(
            [["", "frames", "seconds"] + (segments.first?.tensors.map(\.name) ?? [])] + rows,
            numeric: true))
    }
    if let rows = summary.lowPass {
      blocks.append(
        "Lowest frequencies kept, accuracy against unsplit\n"
          + Text.table(
            [["along", "percent", "mAP50", "mAP50-95"]]
              + rows.map {
                [
                  $0.axes, String($0.percent), Self.decimal($0.map50, 4),
                  Self.decimal($0.map50_95, 4),
                ]
              }, numeric: true))
    }
    blocks.append(summary.conclusion)
    text = blocks.joined(separator: "\n\n")
  }

  private static func table(_ tensor: CorrelationSummary.Tensor, _ bits: [Int]) -> String {
    let shape = tensor.shape.map(String.init).joined(separator: "×")
    let head =
      "\(tensor.name)  \(shape), values \(Text.decimal(tensor.range.min, 3)) to "
      + Text.decimal(tensor.range.max, 3)
    func row(_ name: String, _ value: CorrelationSummary.Directions) -> [String] {
      [name] + [value.row, value.column, value.channel, value.time].map { decimal($0, 3) }
    }
    let neighbours = Text.table(
      [
        ["difference to", "left", "up", "channel before", "frame before"],
        row("range / range of value", tensor.rangeRatio), row("Pearson", tensor.pearson),
        row("energy in lowest 10 %", tensor.spectrum.energyInLowest10Percent),
      ], numeric: true)
    var rows = [
      [
        "bits per coefficient", "alone", "per channel", "left", "up", "frame before",
        "both it and left", "unchanged",
      ]
    ]
    for depth in bits {
      let key = String(depth)
      if let own = tensor.entropies[key] { rows.append(entropies("\(depth) bits", own)) }
      if let held = tensor.heldRange?.entropies[key] {
        rows.append(entropies("\(depth) bits, range held", held))
      }
    }
    return [head, neighbours, Text.table(rows, numeric: true)].joined(separator: "\n")
  }

  private static func entropies(
    _ name: String, _ value: CorrelationSummary.Entropies
  ) -> [String] {
    let entropies: [Double?] = [
      value.order0, value.perChannel, value.givenLeft, value.givenUp, value.givenPrevious,
      value.givenPreviousAndLeft,
    ]
    return [name] + entropies.map { decimal($0, 3) }
      + [value.unchangedFraction.map { Text.decimal($0 * 100, 1) + " %" } ?? "–"]
  }

  private static func decimal(_ value: Double?, _ places: Int) -> String {
    value.map { Text.decimal($0, places) } ?? "–"
  }
}
