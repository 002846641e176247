/// The row that a report looks at closely.
struct ReportFocus {
  let row: EvaluationSummary.Row
  /// Why it is this one.
  let reason: String

  /// Takes the bit depth asked for, else the fewest bytes among those that lose at most a
  /// hundredth; nil where there is no row to choose from.
  init?(_ summary: EvaluationSummary, bits: Int?) {
    let cheapest = { (rows: [EvaluationSummary.Row]) in
      rows.min { $0.codedBytes < $1.codedBytes }
    }
    if let bits, let row = cheapest(summary.rows.filter { $0.bits == bits }) {
      self.init(row: row, reason: "Chosen by --report-bits.")
      return
    }
    guard let unsplit = summary.unsplit.headline else { return nil }
    let harmless = summary.rows.filter { ($0.accuracy.headline ?? -1) >= unsplit - 0.01 }
    if let row = cheapest(harmless) {
      self.init(
        row: row, reason: "The fewest bytes among the rows that lose at most 0.01 against unsplit."
      )
      return
    }
    guard
      let row = summary.rows.max(by: {
        ($0.accuracy.headline ?? -1) < ($1.accuracy.headline ?? -1)
      })
    else { return nil }
    self.init(
      row: row, reason: "The most accurate row; every row loses more than 0.01 against unsplit.")
  }

  private init(row: EvaluationSummary.Row, reason: String) {
    self.row = row
    self.reason = reason
  }
}
