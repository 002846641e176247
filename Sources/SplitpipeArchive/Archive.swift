internal import CArchive
internal import Glibc
package import SplitpipeCore

/// Files in an archive (tar, ZIP and others, compressed or not), or one compressed file, read into memory;
/// nothing is ever unpacked to a disk.
package struct Archive: Sendable {
  /// What is taken from an archive at most.
  package struct Limits: Sendable {
    /// Files and folders.
    package var entries = 1_000_000
    /// Bytes of one file.
    package var fileBytes = 1 << 28
    /// Bytes of all files that are kept.
    package var totalBytes = 1 << 31

    package init() {}
  }

  /// One file.
  package struct File: Sendable {
    /// As the archive has it, with slashes.
    package let name: String
    package let bytes: [UInt8]
  }

  private let path: String
  private let limits: Limits

  /// - Parameters:
  ///   - path: of the archive.
  ///   - limits: what is taken.
  package init(_ path: String, limits: Limits = Limits()) {
    self.path = path
    self.limits = limits
  }

  /// Endings of the names of archives that hold folders.
  package static let endings = [
    ".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".tar.zst", ".zip", ".7z",
  ]

  /// Whether a file of this name is meant as an archive of folders.
  package static func isArchive(name: String) -> Bool {
    endings.contains(where: name.lowercased().hasSuffix)
  }

  /// Names of all regular files, in the order of the archive.
  ///
  /// - Throws: `missingInput` where it cannot be opened, `badData` where it is no archive, damaged, or has
  ///   more entries than the limits allow.
  package func names() throws(SplitpipeError) -> [String] {
    var names: [String] = []
    try walk { entry throws(SplitpipeError) in names.append(entry.name) }
    return names
  }

  /// The files that are wanted, in the order of the archive.
  ///
  /// - Parameter isWanted: decides by the name.
  /// - Returns: with their bytes.
  /// - Throws: as `names()`; `badData` for more bytes than the limits allow.
  package func files(where isWanted: (String) -> Bool) throws(SplitpipeError) -> [File] {
    var files: [File] = []
    var total = 0
    try walk { entry throws(SplitpipeError) in
      guard isWanted(entry.name) else { return }
      let bytes = try entry.read(limit: min(limits.fileBytes, limits.totalBytes - total))
      total += bytes.count
      files.append(File(name: entry.name, bytes: bytes))
    }
    return files
  }

  /// The content of one compressed file (gzip, xz, bzip2, Zstandard), or of one that is not compressed.
  ///
  /// - Throws: `missingInput`, `badData` as above.
  package func content() throws(SplitpipeError) -> [UInt8] {
    var content: [UInt8]?
    try walk(isRaw: true) { entry throws(SplitpipeError) in
      content = try entry.read(limit: limits.fileBytes)
    }
    guard let content else {
      throw SplitpipeError(.badData, "\"\(path)\" is empty; copy it again")
    }
    return content
  }

  // MARK: - libarchive

  /// A file under the reader's head; valid while the reader stands there.
  @safe
  private struct Entry {
    let name: String
    private let archive: OpaquePointer
    private let path: String

    init(name: String, archive: OpaquePointer, path: String) {
      self.name = name
      unsafe self.archive = archive
      self.path = path
    }

    /// - Throws: `badData` for more bytes than the limit, or damage.
    func read(limit: Int) throws(SplitpipeError) -> [UInt8] {
      var bytes: [UInt8] = []
      var block = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = unsafe archive_read_data(archive, &block, block.count)
        guard count >= 0 else { throw unsafe .damagedArchive(path, name, archive) }
        guard count > 0 else { return bytes }
        guard bytes.count + count <= limit else {
          throw SplitpipeError(
            .badData,
            "\"\(name)\" in \"\(path)\" takes more than the \(limit) bytes that are left for it in "
              + "memory; unpack the archive and give its folder")
        }
        bytes += block[..<count]
      }
    }
  }

  private func walk(
    isRaw: Bool = false, _ body: (Entry) throws(SplitpipeError) -> Void
  ) throws(SplitpipeError) {
    guard let archive = unsafe archive_read_new() else { throw .outOfMemory("an archive") }
    defer { unsafe archive_read_free(archive) }
    unsafe archive_read_support_filter_all(archive)
    if isRaw {
      unsafe archive_read_support_format_raw(archive)
    } else {
      unsafe archive_read_support_format_all(archive)
    }
    guard unsafe archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK else {
      let number = unsafe archive_errno(archive)
      if number == ENOENT || number == EACCES || number == EISDIR {
        throw SplitpipeError(
          .missingInput, "cannot open \"\(path)\": \(unsafe reason(archive))")
      }
      throw unsafe .damagedArchive(path, nil, archive)
    }
    var count = 0
    while true {
      var entry: OpaquePointer?
      let status = unsafe archive_read_next_header(archive, &entry)
      if status == ARCHIVE_EOF { return }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry = unsafe entry else {
        throw unsafe .damagedArchive(path, nil, archive)
      }
      count += 1
      guard count <= limits.entries else {
        throw SplitpipeError(
          .badData,
          "\"\(path)\" has more than \(limits.entries) entries; unpack it and give its folder")
      }
      // Links and devices are no pictures.
      let type = unsafe archive_entry_filetype(entry)
      guard isRaw || type == S_IFREG else { continue }
      let name = unsafe archive_entry_pathname(entry).map { unsafe String(cString: $0) } ?? ""
      try body(unsafe Entry(name: plain(name), archive: archive, path: path))
    }
  }

  /// Without a leading `./`, as some programs write names.
  private func plain(_ name: String) -> String {
    name.hasPrefix("./") ? String(name.dropFirst(2)) : name
  }
}

private func reason(_ archive: OpaquePointer) -> String {
  unsafe archive_error_string(archive).map { unsafe String(cString: $0) } ?? "unknown error"
}

extension SplitpipeError {
  fileprivate static func damagedArchive(
    _ path: String, _ name: String?, _ archive: OpaquePointer
  ) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "cannot read \(name.map { "\"\($0)\" in " } ?? "")\"\(path)\" as an archive: "
        + "\(unsafe reason(archive)); copy it again, or unpack it and give its folder")
  }

  fileprivate static func outOfMemory(_ what: String) -> SplitpipeError {
    SplitpipeError(.unavailable, "no memory for \(what)")
  }
}
