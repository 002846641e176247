import Foundation
import SplitpipeTestSupport
import Testing

/// Two hosts on this machine, joined by a wire that delays and loses packets.
///
/// The hosts are network namespaces; the wire is `tools/lagwire.c` of the shared data, compiled here.
final class LossyWire {
  /// Addresses of both ends.
  static let (camera, server) = ("10.77.0.1", "10.77.0.2")
  private let names: (camera: String, server: String)
  private let wire = Process()

  /// A trait that runs tests where namespaces, tunnels and a compiler are there, and says where not.
  static let needed: ConditionTrait = {
    let source = SharedData.path("tools/lagwire.c")
    let name = "splitpipe-probe-\(getpid())"
    let isThere =
      FileManager.default.fileExists(atPath: source)
      && FileManager.default.fileExists(atPath: "/dev/net/tun")
      && shell("cc --version && ip netns add \(name) && ip netns del \(name)").code == 0
    return .enabled(
      if: isThere, "needs network namespaces, /dev/net/tun, ip, cc and \(source)")
  }()

  /// - Parameters:
  ///   - folder: takes the compiled wire.
  ///   - delay: milliseconds one way.
  ///   - loss: per cent of packets, each way.
  ///   - rate: Mbit/s.
  ///   - blackout: seconds after the start, and how long nothing passes.
  /// - Throws: what a test is ended by, where a command fails.
  init(
    in folder: TemporaryFolder, delay: Int, loss: Double, rate: Double,
    blackout: (from: Double, length: Double)? = nil
  ) throws {
    let tag = String(UUID().uuidString.prefix(8))
    names = ("cam-\(tag)", "srv-\(tag)")
    let program = folder.file("lagwire")
    for command in [
      "cc -O2 -o \(program) \(SharedData.path("tools/lagwire.c"))", "ip netns add \(names.camera)",
      "ip netns add \(names.server)",
    ] {
      let outcome = shell(command)
      try #require(outcome.code == 0, "\(command): \(outcome.errors)")
    }
    wire.executableURL = URL(fileURLWithPath: program)
    wire.arguments =
      [names.camera, names.server, "\(delay)", "\(loss)", "\(rate)", "200"]
      + (blackout.map { ["\($0.from)", "\($0.length)"] } ?? [])
    let ready = Pipe()
    wire.standardOutput = ready
    wire.standardError = FileHandle.nullDevice
    try wire.run()
    // One word, when both ends are there.
    _ = ready.fileHandleForReading.availableData
    for (name, end, address) in [
      (names.camera, "lagA", Self.camera), (names.server, "lagB", Self.server),
    ] {
      let outcome = shell(
        "ip -n \(name) addr add \(address)/24 dev \(end) && ip -n \(name) link set \(end) up "
          + "&& ip -n \(name) link set lo up")
      try #require(outcome.code == 0, "\(outcome.errors)")
    }
  }

  /// A command on the camera's host.
  var onCamera: [String] { ["ip", "netns", "exec", names.camera] }
  /// A command on the server's host.
  var onServer: [String] { ["ip", "netns", "exec", names.server] }

  deinit {
    if wire.isRunning {
      // Tests block gentler signals, and a program that they start has that of them.
      kill(wire.processIdentifier, SIGKILL)
      wire.waitUntilExit()
    }
    _ = shell("ip netns del \(names.camera); ip netns del \(names.server)")
  }
}

/// Runs a command line to its end.
private func shell(_ command: String) -> (code: Int32, errors: String) {
  let found = try? Program.run(
    "/bin/sh", ["-c", command], in: FileManager.default.temporaryDirectory.path,
    environment: ProcessInfo.processInfo.environment)
  return (found?.code ?? -1, found?.errors ?? "")
}
