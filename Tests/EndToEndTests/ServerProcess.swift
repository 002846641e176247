import Foundation
import SplitpipeTestSupport
import Testing

/// `splitpipe serve` as an operator starts it, on a free port of loopback.
final class ServerProcess {
  let process = Process()
  /// Where it listens.
  private(set) var address = ""
  private let log: URL

  /// Starts it and waits until it says that it is ready.
  ///
  /// - Parameters:
  ///   - arguments: besides `serve --listen`.
  ///   - folder: takes what it says.
  ///   - listen: where it is to listen.
  ///   - host: the command that runs it elsewhere; empty for this host.
  /// - Throws: `Ended` where it does not come so far.
  init(
    _ arguments: [String], in folder: TemporaryFolder, listen: String = "127.0.0.1:0",
    host: [String] = []
  ) throws {
    log = try folder.emptyFile("server-\(UUID().uuidString).log")
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = host + [Program.path, "serve", "--listen", listen] + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: log)
    try process.run()
    while address.isEmpty {
      guard process.isRunning else { throw Ended(errors: errors) }
      Thread.sleep(forTimeInterval: 0.02)
      let line = errors.split(separator: "\n").first { $0.hasPrefix("listening on ") }
      address = line.map { String($0.dropFirst("listening on ".count)) } ?? ""
    }
  }

  struct Ended: Error { let errors: String }

  /// What it has said so far.
  var errors: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  /// Asks it to stop, and waits until it has.
  ///
  /// - Returns: its exit code.
  func stop() -> Int32 {
    process.terminate()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Ends it as a power cut would.
  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  deinit { if process.isRunning { kill() } }
}
