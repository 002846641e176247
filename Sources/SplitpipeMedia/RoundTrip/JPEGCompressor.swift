import CTurboJPEG
import SplitpipeCore

/// Owns one compressor of libjpeg-turbo.
@safe
final class JPEGCompressor {
  /// Layouts of pixels that it is given here.
  enum Format {
    /// Three bytes: red, green, blue.
    case rgb
    /// What Cairo draws on: 32 bits, blue in the lowest byte.
    case canvas

    fileprivate var code: Int32 {
      switch self {
      case .rgb: Int32(TJPF_RGB.rawValue)
      case .canvas: Int32(TJPF_BGRX.rawValue)
      }
    }
  }

  private let handle: tjhandle

  init() throws {
    guard let handle = unsafe tjInitCompress() else {
      throw SplitpipeError.outOfMemory("a JPEG encoder")
    }
    unsafe self.handle = handle
  }

  deinit { unsafe tjDestroy(handle) }

  /// Codes pixels at a quality of 1…100 with colour at half resolution; `use` gets the file's bytes.
  func compress(
    _ pixels: borrowing FrameBuffer, format: Format, quality: Int,
    use: (UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws {
    guard let plane = unsafe pixels.plane(0) else { throw SplitpipeError.outOfMemory("a picture") }
    var buffer: UnsafeMutablePointer<UInt8>?
    var size: UInt = 0
    defer { unsafe tjFree(buffer) }
    let status = unsafe tjCompress2(
      handle, plane.0, Int32(pixels.size.width), Int32(plane.bytesPerRow),
      Int32(pixels.size.height), format.code, &buffer, &size, Int32(TJSAMP_420.rawValue),
      Int32(quality), TJFLAG_ACCURATEDCT)
    guard status == 0 else {
      let reason = unsafe tjGetErrorStr2(handle).map { unsafe String(cString: $0) } ?? "no reason"
      throw SplitpipeError(
        .badData, "cannot code a frame of \(pixels.size) pixels as JPEG: \(reason)")
    }
    try unsafe use(UnsafeBufferPointer(start: buffer, count: Int(size)))
  }
}
