import SplitpipeFiles

/// Where a report goes, and what it is made with; found before the work starts.
package struct ReportFile: Sendable {
  private let path: String
  private let library: PlotLibrary

  /// Finds the library that draws plots.
  ///
  /// - Parameter path: where the page is to appear.
  /// - Throws: `unavailable` with the command that installs the library.
  package init(_ path: String) throws {
    self.path = path
    library = try PlotLibrary.installed()
  }

  /// Writes the page, which appears whole or not at all.
  ///
  /// - Parameter page: what to write.
  /// - Throws: `cannotWrite` with the system's reason.
  package func write(_ page: ReportPage) throws {
    try OutputFile(path).finish(with: page.html(library: library))
  }
}
