internal import FoundationEssentials
import SplitpipeCore
import SplitpipeFiles

/// Chart.js as it is inlined into a page, with its licence.
///
/// Set-up puts it into `.deps/chart.js`; a system that has Debian's `libjs-chart.js` needs no more.
package struct PlotLibrary: Sendable {
  let script: String
  let licence: String

  /// The most bytes of either file; Chart.js has about 200 000.
  private static let byteLimit = 1 << 24

  /// Finds the library.
  ///
  /// - Throws: `unavailable` with the command that installs it.
  package static func installed() throws -> PlotLibrary {
    for folder in folders() {
      guard let script = try? readFile(folder.script, limit: byteLimit) else { continue }
      let licence = (try? readFile(folder.licence, limit: byteLimit)) ?? []
      return PlotLibrary(
        script: String(decoding: script, as: UTF8.self),
        licence: String(decoding: licence, as: UTF8.self))
    }
    throw SplitpipeError(
      .unavailable,
      "a report needs the plotting library Chart.js, which is not installed (looked in "
        + ".deps/chart.js and /usr/share/javascript): run `make deps`, or leave out --report")
  }

  private static func folders() -> [(script: String, licence: String)] {
    var roots = [FileManager.default.currentDirectoryPath]
    if let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
      var path = program
      while let slash = path.lastIndex(of: "/") {
        path = String(path[..<slash])
        roots.append(path)
      }
    }
    return roots.map { ($0 + "/.deps/chart.js/chart.min.js", $0 + "/.deps/chart.js/copyright") }
      + [
        (
          "/usr/share/javascript/chart.js/chart.min.js", "/usr/share/doc/libjs-chart.js/copyright"
        )
      ]
  }
}
