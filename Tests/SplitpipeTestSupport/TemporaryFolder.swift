package import Foundation

/// A folder that is removed with its last reference.
package final class TemporaryFolder: Sendable {
  package let path: String

  package init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("splitpipe-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A path inside the folder.
  package func file(_ name: String) -> String { path + "/" + name }

  /// Writes a file inside the folder, with the folders it needs, and returns its path.
  @discardableResult
  package func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let url = URL(fileURLWithPath: file(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.path
  }

  /// Writes a text.
  @discardableResult
  package func write(_ name: String, _ text: String) throws -> String {
    try write(name, text.utf8)
  }

  /// The names of what lies in the folder, hidden files included.
  package var contents: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  /// Bytes of the largest file in the folder, hidden files included.
  package var largestFile: Int {
    contents.compactMap { name in
      (try? FileManager.default.attributesOfItem(atPath: file(name))[.size] as? Int) ?? nil
    }.max() ?? 0
  }

  package func emptyFile(_ name: String) throws -> URL {
    URL(fileURLWithPath: try write(name, []))
  }
}
