import SplitpipeCore
import SplitpipeFiles

/// Chart.js as it is inlined into a page, with its licence.
///
/// Set-up puts it into `.deps/chart.js`, an installation into `share/splitpipe`; a system that has
/// Debian's `libjs-chart.js` needs no more.
package struct PlotLibrary: Sendable {
  let script: String
  let licence: String

  /// The most bytes of either file; Chart.js has about 200 000.
  private static let byteLimit = 1 << 24

  /// Finds the library.
  ///
  /// - Throws: `unavailable` with where it was looked for and the command that installs it.
  package static func installed() throws -> PlotLibrary {
    let files = files(.current)
    for file in files {
      guard let script = try? readFile(file.script, limit: byteLimit) else { continue }
      let licence = (try? readFile(file.licence, limit: byteLimit)) ?? []
      return PlotLibrary(
        script: String(decoding: script, as: UTF8.self),
        licence: String(decoding: licence, as: UTF8.self))
    }
    let places = files.map { "\"\($0.script)\"" }.joined(separator: ", ")
    throw SplitpipeError(
      .unavailable,
      "a report needs the plotting library Chart.js, which is not installed (looked for \(places)): "
        + "run `make deps`, name its folder in \(ProgramPart.plots.variable), or leave out --report"
    )
  }

  /// Where script and licence may lie, the first place first.
  static func files(_ folders: ProgramFolders) -> [(script: String, licence: String)] {
    let own = folders.named(.plots).map { [$0] } ?? folders.places(of: .plots)
    let places = own.map { (script: "\($0)/chart.min.js", licence: "\($0)/copyright") }
    guard folders.named(.plots) == nil else { return places }
    return places + [
      (
        script: "/usr/share/javascript/chart.js/chart.min.js",
        licence: "/usr/share/doc/libjs-chart.js/copyright"
      )
    ]
  }
}
