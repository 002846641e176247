package import SplitpipeCore

/// A small annotated picture as the bytes of a JPEG file, for reports.
///
/// - Parameters:
///   - frame: the picture.
///   - detections: boxes in frame pixels.
///   - classNames: what the classes are called, by index.
///   - longestSide: the most pixels a side of the result has; smaller pictures keep their size.
/// - Returns: the file's bytes.
/// - Throws: `badData` where the picture cannot be converted.
package func annotatedJPEG(
  _ frame: Frame, detections: [Detection], classNames: [String], longestSide: Int
) throws -> [UInt8] {
  _ = FFmpegLibrary.ready
  let picture = try FFmpegPicture.of(frame)
  let shown = picture.shownSize
  let scale = min(1, Double(longestSide) / Double(max(shown.width, shown.height, 1)))
  let size = PixelSize(
    width: max(1, Int((Double(shown.width) * scale).rounded())),
    height: max(1, Int((Double(shown.height) * scale).rounded())))
  var painter = try FramePainter(size: size, names: classNames, isStill: true)
  try painter.paint(picture, detections: detections)
  var bytes: [UInt8] = []
  try unsafe JPEGCompressor().compress(painter.canvas.pixels, format: .canvas, quality: 85) {
    bytes = unsafe Array($0)
  }
  return bytes
}
