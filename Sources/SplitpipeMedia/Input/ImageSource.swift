import SplitpipeCore
import SplitpipeFiles
import Synchronization

/// Frames of image files in the order given; an image that cannot be read is skipped, counted and named.
///
/// Image number n (skipped ones included) is shown at n seconds.
final class ImageSource: FrameSource {
  /// Images named of those that cannot be read.
  private static let mostNamed = 20

  private struct State {
    var position: Int
    var skipped = 0
    /// The first of those that could not be read, each with the reason.
    var reasons: [String] = []
    var pending: Frame?

    mutating func skip(_ error: SplitpipeError) {
      skipped += 1
      if reasons.count < ImageSource.mostNamed { reasons.append(error.message) }
    }
  }

  let information: SourceInformation
  private let input: String
  private let paths: [String]
  private let settings: SourceSettings
  private let note: String?
  private let state: Mutex<State>

  /// Decodes the first readable image, so that an input without any is known at once; `note` is what
  /// the user should know of the folder.
  init(input: String, paths: [String], settings: SourceSettings, note: String? = nil) throws {
    let start = Int(exactly: settings.start.rounded(.up)) ?? .max
    guard start < paths.count else {
      throw SplitpipeError.startsAfterEnd(input, settings.start, last: Double(paths.count - 1))
    }
    var state = State(position: start)
    var reason: (any Error)?
    while state.pending == nil, state.position < paths.count {
      do {
        state.pending = try readImage(
          path: paths[state.position], number: state.position, settings: settings)
      } catch let error as SplitpipeError where error.kind != .bug {
        reason = reason ?? error
        state.skip(error)
      }
      state.position += settings.every
    }
    guard let first = state.pending else {
      throw SplitpipeError.noReadableImage(input, state.skipped, first: reason)
    }
    var total = 0
    for path in paths {
      if case .file(let bytes)? = try? FileKind(of: path) { total += bytes }
    }
    let size = PixelSize(width: first.picture.width, height: first.picture.height)
    information = SourceInformation(
      name: input, size: size, framesPerSecond: nil,
      frameCount: paths.count, totalBytes: total)
    self.input = input
    self.paths = paths
    self.settings = settings
    self.note = note
    self.state = Mutex(state)
  }

  /// The images of a folder and its subfolders, sorted by path.
  static func folder(_ path: String, settings: SourceSettings) throws -> ImageSource {
    let base = path.hasSuffix("/") ? path : path + "/"
    let folder = try PictureFolder(path)
    guard !folder.pictures.isEmpty else { throw SplitpipeError.noImages(path, folder) }
    return try ImageSource(
      input: path, paths: folder.pictures.map { base + $0 }, settings: settings,
      note: folder.note(path))
  }

  var skipped: Int { state.withLock { $0.skipped } }

  var notes: [String] {
    let (count, reasons) = state.withLock { ($0.skipped, $0.reasons) }
    guard count > 0 else { return [note].compactMap { $0 } }
    let more = count > reasons.count ? "; and \(count - reasons.count) more" : ""
    let skipped =
      "\"\(input)\": \(count) picture\(count == 1 ? " is" : "s are") skipped: "
      + reasons.joined(separator: "; ") + more
    return [note, skipped].compactMap { $0 }
  }

  func next() throws -> Frame? {
    try state.withLock { state in
      if let frame = state.pending.take() { return frame }
      while state.position < paths.count {
        let number = state.position
        state.position += settings.every
        do {
          return try readImage(path: paths[number], number: number, settings: settings)
        } catch let error as SplitpipeError where error.kind != .bug {
          state.skip(error)
        }
      }
      return nil
    }
  }
}

extension SplitpipeError {
  static func noImages(_ path: String, _ folder: PictureFolder) -> SplitpipeError {
    let wanted = ImageKind.extensions.map { "." + $0 }.joined(separator: " ")
    let hint = folder.note(path).map { "; \($0)" } ?? "; give a folder that holds images"
    return SplitpipeError(
      .missingInput,
      "the folder \"\(path)\" holds no image (looked for \(wanted) among \(folder.files) files)\(hint)"
    )
  }

  static func noReadableImage(
    _ input: String, _ count: Int, first: (any Error)?
  ) -> SplitpipeError {
    let reason = first.map { "\($0)" } ?? "there is none"
    guard count > 1 else {
      return (first as? SplitpipeError) ?? SplitpipeError(.badData, "\"\(input)\": \(reason)")
    }
    return SplitpipeError(
      .badData, "none of the \(count) images of \"\(input)\" can be read; the first: \(reason)")
  }
}
