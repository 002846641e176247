package import SplitpipeCore

/// What Git LFS leaves in place of a file that was not fetched: a few lines of text that say which
/// file belongs there.
package struct LFSPointer: Hashable, Sendable {
  /// As many bytes of a file as tell; a pointer is shorter than that.
  package static let lengthLimit = 1024
  /// Bytes of the file that belongs there.
  package let bytes: Int

  /// Recognises a pointer (`git-lfs/docs/spec.md`: UTF-8 lines of a key and a value, `version` first,
  /// `oid` and `size` among them, less than 1024 bytes in all).
  ///
  /// - Parameter content: a file's bytes, or as many of its first ones as `lengthLimit` says; nil comes
  ///   of anything but a pointer.
  package init?(_ content: some Collection<UInt8>) {
    guard content.starts(with: "version https://git-lfs.github.com/spec/".utf8),
      content.count < Self.lengthLimit
    else { return nil }
    let lines = content.split(separator: 0x0A)
    func value(_ key: String) -> String? {
      lines.first { $0.starts(with: (key + " ").utf8) }
        .map { String(decoding: $0.dropFirst(key.utf8.count + 1), as: UTF8.self) }
    }
    guard value("oid") != nil, let size = value("size").flatMap({ Int($0) }), size >= 0 else {
      return nil
    }
    bytes = size
  }
}

extension SplitpipeError {
  /// A file that has not come out of Git LFS yet.
  ///
  /// - Parameters:
  ///   - path: what errors call it.
  ///   - pointer: what lies in its place.
  /// - Returns: bad data that says what to do.
  package static func isPointer(_ path: String, _ pointer: LFSPointer) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "\"\(path)\" is a Git LFS pointer to a file of \(pointer.bytes) bytes, not the file itself; "
        + "fetch it with: git lfs pull")
  }
}
