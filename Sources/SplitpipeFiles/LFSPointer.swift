package import SplitpipeCore

/// What stands in a clone in the place of a file that Git LFS keeps elsewhere: a few lines of text.
package struct LFSPointer: Sendable, Equatable {
  /// Bytes of the file it stands for, where it says so.
  package let bytes: Int?

  /// - Parameter content: the first bytes of a file, a pointer's 200 at least.
  /// - Returns: nil where they are no pointer's.
  package init?(_ content: some Collection<UInt8>) {
    guard content.starts(with: Array("version https://git-lfs.github.com/spec/".utf8)) else {
      return nil
    }
    let text = String(decoding: content.prefix(1024), as: UTF8.self)
    let size = text.split(separator: "\n").first { $0.hasPrefix("size ") }
    bytes = size.flatMap { Int($0.dropFirst("size ".count)) }
  }

  /// Says that a file is a pointer, and how to get what it stands for.
  ///
  /// - Parameter path: the file.
  /// - Returns: `badData`.
  package func error(for path: String) -> SplitpipeError {
    let size = bytes.map { " of \($0) bytes" } ?? ""
    return SplitpipeError(
      .badData,
      "\"\(path)\" is a Git LFS pointer, not the file\(size) that it stands for; run git lfs pull in "
        + "its repository")
  }
}
