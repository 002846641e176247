internal import FoundationEssentials
internal import Glibc
import SplitpipeCore
import SplitpipeFiles

/// The importance of pictures on disk: each is added once it is done, so that an interruption loses at most
/// one.
///
/// A file of lines of JSON: what must be the same for results to belong together, then a picture each. What
/// follows the last whole line is the trace of an interruption and is left out.
final class ImportanceState {
  private let path: String?
  /// Of the open file; -1 where nothing is kept.
  private var descriptor: Int32 = -1
  /// What an earlier run found, by picture.
  private(set) var known: [Int: PictureImportance] = [:]

  /// Begins a state, or goes on with one.
  ///
  /// - Parameters:
  ///   - path: where it lies; nil to keep nothing.
  ///   - identity: of the run.
  ///   - resume: whether to go on with the file, if there is one.
  /// - Throws: `usage` where the state belongs to another run or would be overwritten, `badData` where the
  ///   file is no state, `cannotWrite`.
  init(path: String?, identity: [String: String], resume: Bool) throws {
    self.path = path
    guard let path else { return }
    var text = Data()
    if FileTree.exists(path) {
      guard resume else {
        throw SplitpipeError(
          .usage,
          "\"\(path)\" holds the results of an interrupted run: go on with --resume, or remove the file "
            + "to begin anew")
      }
      text = Data(try readFile(path, limit: 1 << 30))
    }
    let whole = text.prefix((text.lastIndex(of: 0x0A) ?? -1) + 1)
    try read(whole, path, identity)
    descriptor = unsafe open(systemPath(path), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0, ftruncate(descriptor, off_t(whole.count)) == 0,
      lseek(descriptor, 0, SEEK_END) >= 0
    else { throw SplitpipeError.cannotWrite(path, errno) }
    if whole.isEmpty { try append(identity) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private func read(_ text: Data, _ path: String, _ identity: [String: String]) throws {
    let lines = text.split(separator: 0x0A)
    guard let first = lines.first else { return }
    let decoder = JSONDecoder()
    guard let found = try? decoder.decode([String: String].self, from: first) else {
      throw Self.noState(path)
    }
    for (key, value) in identity.sorted(by: { $0.key < $1.key }) where found[key] != value {
      throw SplitpipeError(
        .usage,
        "\"\(path)\" belongs to a run of another \(key) (\"\(found[key] ?? "")\", now \"\(value)\"); give "
          + "the same, or remove the file to begin anew")
    }
    for line in lines.dropFirst() {
      guard let picture = try? decoder.decode(PictureImportance.self, from: line) else {
        throw Self.noState(path)
      }
      known[picture.image] = picture
    }
  }

  /// Keeps a picture.
  ///
  /// - Throws: `cannotWrite`.
  func add(_ picture: PictureImportance) throws {
    known[picture.image] = picture
    try append(picture)
  }

  private func append(_ value: some Encodable) throws {
    guard descriptor >= 0, let path else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var line = [UInt8](try encoder.encode(value))
    line.append(0x0A)
    var written = 0
    while written < line.count {
      let count = unsafe line.withUnsafeBytes { bytes in
        unsafe write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
      }
      guard count > 0 || errno == EINTR else { throw SplitpipeError.cannotWrite(path, errno) }
      written += max(0, count)
    }
  }

  /// Removes the file: everything in it has become a summary.
  func remove() {
    if let path { unsafe unlink(systemPath(path)) }
  }

  private static func noState(_ path: String) -> SplitpipeError {
    SplitpipeError(
      .badData, "\"\(path)\" is no state of an importance run; remove it, or give another --summary"
    )
  }
}
