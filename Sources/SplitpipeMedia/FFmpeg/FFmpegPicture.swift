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
  /// How much wider than high a pixel is shown, upright.
  let aspect: Double

  /// - Parameters:
  ///   - frame: the coded pixels.
  ///   - orientation: how they lie in the picture.
  ///   - aspect: how much wider than high a coded pixel is shown.
  init(_ frame: consuming FrameBuffer, orientation: Orientation, aspect: Double = 1) {
    let upright = orientation.applied(to: frame.size)
    self.frame = frame
    self.orientation = orientation
    self.aspect = orientation.transposes ? 1 / aspect : aspect
    width = upright.width
    height = upright.height
  }

  /// The same picture in other pixels, coded and decoded again.
  convenience init(_ frame: consuming FrameBuffer, like other: FFmpegPicture) {
    self.init(
      frame, orientation: other.orientation,
      aspect: other.orientation.transposes ? 1 / other.aspect : other.aspect)
  }

  var size: PixelSize { PixelSize(width: width, height: height) }

  /// The size in square pixels: what a person sees.
  var shownSize: PixelSize {
    PixelSize(width: max(1, Int((Double(width) * aspect).rounded())), height: height)
  }

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
