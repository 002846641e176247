extension ReportPage.Section {
  /// What it takes to get the same numbers again.
  ///
  /// - Parameters:
  ///   - command: what was typed.
  ///   - settings: everything that decides the numbers.
  /// - Returns: the section.
  package static func again(
    _ command: String, settings: [(name: String, value: String)]
  ) -> Self {
    Self(
      "Run it again",
      [
        .command(command),
        .table(
          ReportTable(
            caption: "Everything that decides the numbers.", header: ["setting", "value"],
            rows: settings.map { [$0.name, $0.value] })),
      ])
  }
}
