import SplitpipeStages

/// What crossed to a server, for people.
struct LinkRows {
  let rows: [[String]]

  init(_ link: LinkSummary) {
    var rows = [
      ["server", "\(link.server), as \(link.camera), \(link.delivery)"],
      ["round trip", Self.times(link.roundTripSeconds)],
      ["frame to boxes", Self.times(link.endToEndSeconds)],
      ["at the server", Self.server(link.serverSeconds)],
      [
        "on the wire",
        "\(Text.kilobytes(Double(link.bytesUp))) up, \(Text.kilobytes(Double(link.bytesDown))) down",
      ],
    ]
    if let offset = link.clockOffsetSeconds, let error = link.clockErrorSeconds {
      rows.append([
        "server's clock",
        "\(Text.milliseconds(offset)) ahead, give or take \(Text.milliseconds(error))",
      ])
    }
    let events = [
      (link.gated, "left out before the head"), (link.shed, "shed by the server"),
      (link.refused, "packets refused"), (link.lost, "never answered"),
      (link.reconnects, "times connected again"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    if !events.isEmpty { rows.append(["of the link", events.joined(separator: ", ")]) }
    self.rows = rows
  }

  private static func times(_ times: LinkSummary.Times) -> String {
    guard let median = times.median, let p95 = times.p95, let p99 = times.p99 else {
      return "not measured"
    }
    return "median \(Text.milliseconds(median)), p95 \(Text.milliseconds(p95)), "
      + "p99 \(Text.milliseconds(p99))"
  }

  private static func server(_ times: LinkSummary.ServerTimes) -> String {
    guard let queue = times.queue, let restore = times.restore, let tail = times.tail else {
      return "nothing was detected"
    }
    return "\(Text.milliseconds(queue)) waiting, \(Text.milliseconds(restore)) restoring, "
      + "\(Text.milliseconds(tail)) in the tail"
  }
}
