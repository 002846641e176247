package import SplitpipeCore
import SplitpipeFiles
import Synchronization

/// Draws detections on copies of frames and writes them as a video, or one of them as an image.
///
/// The ending of the name decides, as `OutputFormat` lists them: a picture for one frame, else a video,
/// coded with the first encoder the container takes that this FFmpeg has. The video has the size of the
/// first frame and the shape of its pixels; times are those of the frames.
package final class AnnotatedVideoWriter: AnnotatedFrameSink {
  /// What has been done so far and what may come.
  private struct State: ~Copyable {
    var file: PendingFile
    var painter: PainterBox?
    var frames = 0
    var failure: SplitpipeError?
    var isDone = false
  }

  /// Made with the first frame, whose size they take.
  private final class PainterBox {
    var painter: FramePainter
    var encoding: EncodingBox?
    init(_ painter: consuming FramePainter) { self.painter = painter }
  }

  private final class EncodingBox {
    var encoding: VideoEncoding
    init(_ encoding: consuming VideoEncoding) { self.encoding = encoding }
  }

  private let path: String
  private let format: OutputFormat
  private let classNames: [String]
  private let settings: WriterSettings
  private let state: Mutex<State>

  /// Creates the temporary file beside `path`; `classNames` are what the classes are called.
  ///
  /// Throws `cannotWrite` where the place cannot be written, `usage` where no encoder here fits the
  /// extension.
  package init(
    path: String, classNames: [String], settings: WriterSettings = WriterSettings()
  ) throws {
    let format = try OutputFormat(path: path)
    let file = try PendingFile(path)
    self.path = path
    self.format = format
    self.classNames = classNames
    self.settings = settings
    state = Mutex(State(file: file))
  }

  /// Draws and encodes one frame; boxes are in pixels of that frame.
  ///
  /// Throws `cannotWrite` where the disk is full or the encoder refuses, and then removes what was
  /// written; `usage` where a second frame comes for an image.
  package func append(_ frame: Frame, detections: [Detection]) throws {
    let picture = try FFmpegPicture.of(frame)
    try state.withLock { state in
      if let failure = state.failure { throw failure }
      precondition(!state.isDone, "no frame is appended after finish() or cancel()")
      do {
        try append(picture, seconds: frame.stamp.seconds, detections: detections, to: &state)
      } catch {
        fail(&state, error)
        throw error
      }
    }
  }

  /// Completes the file and gives it its name; without any frame there is no file.
  package func finish() throws {
    try state.withLock { state in
      if let failure = state.failure { throw failure }
      guard !state.isDone else { return }
      state.isDone = true
      defer { state.painter = nil }
      guard state.frames > 0 else { return state.file.discard() }
      do {
        try state.painter?.encoding?.encoding.finish()
        try state.file.commit()
      } catch {
        fail(&state, error)
        throw error
      }
    }
  }

  /// Removes what was written. Does nothing after `finish()`.
  package func cancel() {
    state.withLock { state in
      state.isDone = true
      state.painter = nil
      state.file.discard()
    }
  }

  private func append(
    _ picture: FFmpegPicture, seconds: Double, detections: [Detection], to state: inout State
  ) throws {
    let box = try state.painter ?? begin(picture, file: state.file)
    state.painter = box
    try box.painter.paint(picture, detections: detections)
    switch format {
    case .image(let encoder, let format):
      guard state.frames == 0 else { throw SplitpipeError.oneFrameOnly(path) }
      try writeStill(
        box.painter.canvas, encoder: encoder, format: format, path: state.file.workingPath,
        output: path)
    case .video:
      try box.encoding?.encoding.append(box.painter.canvas, seconds: seconds)
    }
    state.frames += 1
  }

  private func begin(
    _ picture: FFmpegPicture, file: borrowing PendingFile
  ) throws -> PainterBox {
    let size = picture.size
    var settings = settings
    settings.pixelAspect = picture.aspect
    let box = PainterBox(
      try FramePainter(size: size, names: classNames, isStill: format.isImage))
    if case .video(let container, let encoder) = format {
      box.encoding = EncodingBox(
        try VideoEncoding(
          size: size, container: container, encoder: encoder, path: file.workingPath, output: path,
          settings: settings))
    }
    return box
  }

  private func fail(_ state: inout State, _ error: any Error) {
    state.failure =
      error as? SplitpipeError ?? SplitpipeError(.bug, "cannot write \"\(path)\": \(error)")
    state.isDone = true
    state.painter = nil
    state.file.discard()
  }
}

extension SplitpipeError {
  static func oneFrameOnly(_ path: String) -> SplitpipeError {
    SplitpipeError(
      .usage,
      "\"\(path)\" is an image and holds one frame, the input has more; name an .mp4 instead")
  }
}
