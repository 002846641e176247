import SplitpipeEvaluation
import SplitpipeTraining

/// What a training came to.
struct BottleneckTable {
  let text: String

  init(_ summary: BottleneckSummary) {
    let latent = summary.latent.map(String.init).joined(separator: "×")
    let share = Double(summary.encoderMACs) / Double(max(1, summary.headMACs))
    var rows = [
      ["bottleneck at \(summary.split)", summary.shape],
      ["crosses", "\(latent), \(Text.decimal(summary.rate * 100, 1)) % of what crossed"],
      [
        "learnt from",
        "\(counted(summary.pictures, "picture")) of \(summary.size), \(summary.steps) steps, "
          + Text.clock(summary.seconds),
      ],
      [
        "encoder",
        "\(Text.decimal(Double(summary.encoderMACs) / 1e6, 1)) million multiply-accumulates, "
          + "\(Text.decimal(share * 100, 1)) % of the head's; head with it "
          + "\(Text.milliseconds(summary.encodingHeadSeconds)), without "
          + Text.milliseconds(summary.headSeconds),
      ],
    ]
    for stage in Set(summary.losses.map(\.stage)).sorted() {
      let points = summary.losses.filter { $0.stage == stage }
      guard let first = points.first, let last = points.last else { continue }
      let kept = points.compactMap(\.heldOut).min().map { ", kept apart \(Text.decimal($0, 4))" }
      rows.append([
        "loss of stage \(stage)",
        "\(Text.decimal(first.loss, 4)) to \(Text.decimal(last.loss, 4))\(kept ?? "")",
      ])
    }
    for cost in summary.losses.compactMap(\.cost) {
      rows.append([
        "after \(Text.clock(cost.seconds))",
        "\(Text.decimal(cost.bytesPerFrame, 0)) bytes a picture kept apart, mAP50-95 "
          + "\(Text.decimal(cost.map50_95, 4)) of the model as it was",
      ])
    }
    rows.append(["model", summary.output])
    text = Text.table(rows, numeric: false)
  }
}
