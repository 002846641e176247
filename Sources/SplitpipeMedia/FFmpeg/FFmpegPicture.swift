import CFFmpeg
import SplitpipeCore

/// A picture as FFmpeg decoded it, in the decoder's own pixel format and orientation.
///
/// `@unchecked Sendable`: the frame is never written to after `init`, and its memory is counted
/// atomically by FFmpeg.
final class FFmpegPicture: Picture, @unchecked Sendable {
  let frame: FrameBuffer
  let orientation: Orientation
  let width: Int
  let height: Int

  init(_ frame: consuming FrameBuffer, orientation: Orientation) {
    let shown = orientation.applied(to: frame.size)
    self.frame = frame
    self.orientation = orientation
    width = shown.width
    height = shown.height
  }

  var size: PixelSize { PixelSize(width: width, height: height) }

  /// The FFmpeg picture inside `frame`.
  ///
  /// Throws a `bug` where the frame comes from another library: nothing else makes pictures here.
  static func of(_ frame: Frame) throws -> FFmpegPicture {
    guard let picture = frame.picture as? FFmpegPicture else {
      throw SplitpipeError(
        .bug, "frame \(frame.stamp.index) holds a \(type(of: frame.picture)), not an FFmpeg picture"
      )
    }
    return picture
  }
}
