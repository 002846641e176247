import Foundation
import Testing

/// A disk of 8 kB in memory, unmounted with its last reference; mounting needs root.
final class SmallDisk {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "splitpipe-disk-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard
      Self.succeeds("mount", ["-t", "tmpfs", "-o", "size=8k", "tmpfs", path])
    else { throw CocoaError(.fileWriteUnknown) }
  }

  deinit {
    _ = Self.succeeds("umount", [path])
    try? FileManager.default.removeItem(atPath: path)
  }

  static let available: ConditionTrait = .enabled(
    if: (try? SmallDisk()) != nil, "needs the right to mount a small tmpfs")

  private static func succeeds(_ tool: String, _ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool] + arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
