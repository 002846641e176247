package import Foundation

/// The release program as a user runs it.
package enum Program {
  package struct Outcome: Sendable {
    package let code: Int32
    package let output: String
    package let errors: String
  }

  /// `SPLITPIPE_PROGRAM`, else the release build beside the tests.
  package static let path: String = {
    if let named = ProcessInfo.processInfo.environment["SPLITPIPE_PROGRAM"] { return named }
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return package.appendingPathComponent(".build/release/splitpipe").path
  }()

  /// Runs the program to its end; `whileRunning` gets the process once it is started.
  package static func run(
    _ arguments: [String], environment: [String: String] = [:],
    whileRunning: ((Process) throws -> Void)? = nil
  ) throws -> Outcome {
    try run(
      path, arguments, in: FileManager.default.currentDirectoryPath,
      environment: ProcessInfo.processInfo.environment.merging(environment) { $1 },
      whileRunning: whileRunning)
  }

  /// Runs any program to its end in a working folder, with exactly this environment.
  package static func run(
    _ path: String, _ arguments: [String], in workingFolder: String,
    environment: [String: String], whileRunning: ((Process) throws -> Void)? = nil
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: workingFolder)
    process.standardInput = FileHandle.nullDevice
    let folder = try TemporaryFolder()
    // Files rather than pipes: the program can never block on a full one.
    let output = try folder.emptyFile("output")
    let errors = try folder.emptyFile("errors")
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    try whileRunning?(process)
    process.waitUntilExit()
    return Outcome(
      code: process.terminationReason == .exit
        ? process.terminationStatus : -process.terminationStatus,
      output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }

  /// What a process has used of the processors so far, in seconds; 0 once it has ended.
  package static func processorSeconds(of process: Process) -> Double {
    // The name, in parentheses, may contain spaces; user and system time are the 12th and 13th after.
    let path = "/proc/\(process.processIdentifier)/stat"
    guard let line = try? String(contentsOfFile: path, encoding: .utf8),
      let name = line.lastIndex(of: ")")
    else { return 0 }
    let fields = line[name...].split(separator: " ")
    guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
      return 0
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
