internal import Foundation
package import Testing

/// A real browser without a window, to see pages as a reader does.
package enum Browser {
  private static let path: String? =
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// A trait that reports the test as skipped where there is no browser.
  package static let needed: ConditionTrait = .enabled(
    if: path != nil, "needs chromium (apt-get install chromium), which is not installed")

  /// Whether there is one.
  package static var isThere: Bool { path != nil }

  package struct Page: Sendable {
    /// The document after its scripts have run.
    package let document: String
    /// What scripts wrote to the console, errors they did not catch included.
    package let console: [String]
  }

  /// Opens a file without a network and waits for its scripts.
  package static func open(_ file: String, arguments: [String] = []) throws -> Page {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path ?? "/usr/bin/chromium")
    process.arguments =
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--user-data-dir=\(folder.file("profile"))", "--enable-logging=stderr",
        "--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=10000",
        "--window-size=1000,1400",
      ] + arguments + ["--dump-dom", "file://\(file)"]
    process.standardInput = FileHandle.nullDevice
    let (output, errors) = (folder.file("output"), folder.file("errors"))
    for path in [output, errors] { _ = try folder.write((path as NSString).lastPathComponent, []) }
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
    try process.run()
    process.waitUntilExit()
    let log = try String(contentsOfFile: errors, encoding: .utf8)
    return Page(
      document: try String(contentsOfFile: output, encoding: .utf8),
      console: log.split(separator: "\n").map(String.init).filter { $0.contains("CONSOLE") })
  }
}
