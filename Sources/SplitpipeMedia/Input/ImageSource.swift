import SplitpipeCore
import SplitpipeFiles
import Synchronization

/// Frames of image files in the order given; an image that cannot be read is skipped and counted.
///
/// Image number n (skipped ones included) is shown at n seconds.
final class ImageSource: FrameSource {
  private struct State {
    var position = 0
    var skipped = 0
    var pending: Frame?
  }

  let information: SourceInformation
  private let paths: [String]
  private let settings: SourceSettings
  private let state: Mutex<State>

  /// Decodes the first readable image, so that an input without any is known at once.
  init(input: String, paths: [String], settings: SourceSettings) throws {
    var state = State()
    var reason: (any Error)?
    while state.pending == nil, state.position < paths.count {
      do {
        state.pending = try readImage(
          path: paths[state.position], number: state.position, settings: settings)
      } catch let error as SplitpipeError where error.kind != .bug {
        reason = reason ?? error
        state.skipped += 1
      }
      state.position += 1
    }
    guard let first = state.pending else {
      throw SplitpipeError.noReadableImage(input, paths.count, first: reason)
    }
    var total = 0
    for path in paths {
      if case .file(let bytes)? = try? FileKind(of: path) { total += bytes }
    }
    information = SourceInformation(
      name: input, size: PixelSize(width: first.picture.width, height: first.picture.height),
      framesPerSecond: nil, frameCount: paths.count, totalBytes: total)
    self.paths = paths
    self.settings = settings
    self.state = Mutex(state)
  }

  /// The images of a folder, sorted by name.
  static func folder(_ path: String, settings: SourceSettings) throws -> ImageSource {
    let base = path.hasSuffix("/") ? path : path + "/"
    let names = try namesInFolder(path)
    let images = names.filter { name in
      guard ImageKind.isImage(name: name) else { return false }
      guard case .file? = try? FileKind(of: base + name) else { return false }
      return true
    }
    guard !images.isEmpty else { throw SplitpipeError.noImages(path, others: names) }
    return try ImageSource(
      input: path, paths: images.sorted().map { base + $0 }, settings: settings)
  }

  var skipped: Int { state.withLock { $0.skipped } }

  func next() throws -> Frame? {
    try state.withLock { state in
      if let frame = state.pending.take() { return frame }
      while state.position < paths.count {
        let number = state.position
        state.position += 1
        do {
          return try readImage(path: paths[number], number: number, settings: settings)
        } catch let error as SplitpipeError where error.kind != .bug {
          state.skipped += 1
        }
      }
      return nil
    }
  }
}

extension SplitpipeError {
  static func noImages(_ path: String, others: [String]) -> SplitpipeError {
    let wanted = ImageKind.extensions.map { "." + $0 }.joined(separator: " ")
    let hint =
      others.contains("images")
      ? "; did you mean its subfolder \"images\"?" : "; give a folder that holds images"
    return SplitpipeError(
      .missingInput,
      "the folder \"\(path)\" holds no image (looked for \(wanted) among \(others.count) names)\(hint)"
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
