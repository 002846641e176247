import CFFmpeg
package import SplitpipeCore
import SplitpipeFiles

/// Writes pictures made by a program, not decoded from anywhere, as a video.
///
/// The extension of the name decides the container as for `AnnotatedVideoWriter`; the file appears
/// whole or not at all. With one encoder thread, the same pictures make the same bytes.
package struct RenderedVideoWriter: ~Copyable {
  private var file: PendingFile
  private var encoding: VideoEncoding
  private let canvas: Canvas
  private let path: String

  /// Opens the encoder and creates the temporary file beside `path`.
  ///
  /// Throws `cannotWrite` where the place cannot be written or the encoder refuses the size, `usage`
  /// where the extension is that of an image or no encoder here fits it.
  package init(path: String, size: PixelSize, settings: WriterSettings) throws {
    let format = try OutputFormat(path: path)
    guard case .video(let container, let encoder) = format else {
      throw SplitpipeError(
        .usage, "\"\(path)\" is the name of an image, expected that of a video, such as clip.mp4")
    }
    let file = try PendingFile(path)
    let canvas = try Canvas(size: size)
    let encoding = try VideoEncoding(
      size: size, container: container, encoder: encoder, path: file.workingPath, output: path,
      settings: settings)
    self.file = file
    self.canvas = canvas
    self.encoding = encoding
    self.path = path
  }

  /// Encodes one picture, shown at `seconds`: 0x00RRGGBB each, `pixelsPerRow` of which make a row.
  package mutating func append(
    _ pixels: Span<UInt32>, pixelsPerRow: Int, seconds: Double
  ) throws {
    let size = canvas.size
    guard let plane = unsafe canvas.pixels.plane(0), pixelsPerRow >= size.width,
      pixels.count >= pixelsPerRow * size.height
    else {
      throw SplitpipeError(.bug, "a picture for \"\(path)\" has too few pixels")
    }
    for row in 0..<size.height {
      let target = unsafe UnsafeMutableRawPointer(plane.0 + row * plane.bytesPerRow)
      let line = pixels.extracting(row * pixelsPerRow..<row * pixelsPerRow + size.width)
      unsafe line.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        unsafe target.copyMemory(from: start, byteCount: bytes.count)
      }
    }
    try encoding.append(canvas, seconds: seconds)
  }

  /// Completes the file and gives it its name.
  package mutating func finish() throws {
    try encoding.finish()
    try file.commit()
  }
}
