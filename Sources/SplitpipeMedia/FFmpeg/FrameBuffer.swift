import CFFmpeg
import SplitpipeCore

/// Owns one `AVFrame` and through it (by FFmpeg's reference count) the pixels.
@safe
struct FrameBuffer: ~Copyable {
  let pointer: UnsafeMutablePointer<AVFrame>

  private init(owning pointer: UnsafeMutablePointer<AVFrame>) { unsafe self.pointer = pointer }

  /// An empty frame for a decoder to fill.
  init() throws {
    guard let pointer = unsafe av_frame_alloc() else { throw SplitpipeError.outOfMemory("a frame") }
    unsafe self.init(owning: pointer)
  }

  /// A frame with pixels of its own, rows aligned to 64 bytes, contents undefined.
  init(size: PixelSize, format: AVPixelFormat) throws {
    let frame = try FrameBuffer()
    unsafe frame.pointer.pointee.width = Int32(size.width)
    unsafe frame.pointer.pointee.height = Int32(size.height)
    unsafe frame.pointer.pointee.format = format.rawValue
    guard unsafe av_frame_get_buffer(frame.pointer, 64) >= 0 else {
      throw SplitpipeError.outOfMemory("a frame of \(size) pixels")
    }
    self = frame
  }

  /// Takes the pixels over from `other`, which is empty afterwards.
  init(takingFrom other: borrowing FrameBuffer) throws {
    let frame = try FrameBuffer()
    unsafe av_frame_move_ref(frame.pointer, other.pointer)
    self = frame
  }

  deinit {
    var pointer: UnsafeMutablePointer<AVFrame>? = unsafe pointer
    unsafe av_frame_free(&pointer)
  }

  /// Size as coded, before rotation.
  var size: PixelSize {
    unsafe PixelSize(width: Int(pointer.pointee.width), height: Int(pointer.pointee.height))
  }

  /// The start of plane 0, 1 or 2 and its bytes per row; nil where the format has no such plane.
  func plane(_ index: Int) -> (UnsafeMutablePointer<UInt8>, bytesPerRow: Int)? {
    let data = unsafe pointer.pointee.data
    let strides = unsafe pointer.pointee.linesize
    let (start, stride) =
      switch index {
      case 0: unsafe (data.0, strides.0)
      case 1: unsafe (data.1, strides.1)
      default: unsafe (data.2, strides.2)
      }
    guard let start = unsafe start else { return nil }
    return unsafe (start, Int(stride))
  }
}
