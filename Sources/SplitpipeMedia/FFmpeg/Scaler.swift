import CFFmpeg
import SplitpipeCore

/// Everything about a picture that a conversion depends on.
struct PixelLayout: Hashable, Sendable {
  var size: PixelSize
  /// `AVPixelFormat`, never one of the J formats.
  var format: Int32
  var isFullRange: Bool
  /// One of `SWS_CS_…`.
  var matrix: Int32
  /// Chroma sample position in 1/256 of a luma pixel; nil leaves it to the scaler (centred).
  var chromaX: Int?
  var chromaY: Int?

  init(size: PixelSize, format: AVPixelFormat, isFullRange: Bool, matrix: Int32) {
    self.size = size
    self.format = format.rawValue
    self.isFullRange = isFullRange
    self.matrix = matrix
  }

  /// What the decoder says of a frame; an unspecified matrix is BT.601 and an unspecified range is
  /// limited, or full where there is only grey, as FFmpeg's own tools and OpenCV take it.
  init(_ frame: borrowing FrameBuffer) {
    let pointer = unsafe frame.pointer
    var full: Int32 = unsafe pointer.pointee.color_range == AVCOL_RANGE_JPEG ? 1 : 0
    size = frame.size
    format = unsafe cffmpeg_plain_format(pointer.pointee.format, &full)
    let isUnspecified = unsafe pointer.pointee.color_range == AVCOL_RANGE_UNSPECIFIED
    isFullRange =
      full != 0 || cffmpeg_is_rgb(format) != 0 || isUnspecified && cffmpeg_is_grey(format) != 0
    matrix =
      switch unsafe pointer.pointee.colorspace {
      case AVCOL_SPC_BT709: SWS_CS_ITU709
      case AVCOL_SPC_FCC: SWS_CS_FCC
      case AVCOL_SPC_SMPTE240M: SWS_CS_SMPTE240M
      case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: SWS_CS_BT2020
      default: SWS_CS_ITU601
      }
    switch unsafe pointer.pointee.chroma_location {
    case AVCHROMA_LOC_LEFT: (chromaX, chromaY) = (0, 128)
    case AVCHROMA_LOC_TOPLEFT: (chromaX, chromaY) = (0, 0)
    case AVCHROMA_LOC_TOP: (chromaX, chromaY) = (128, 0)
    default: break
    }
  }
}

/// Owns one `SwsContext`: a conversion from one layout to another.
@safe
struct Scaler: ~Copyable {
  private let context: UnsafeMutableRawPointer
  private let sourceHeight: Int32

  private init(owning context: UnsafeMutableRawPointer, sourceHeight: Int) {
    unsafe self.context = context
    self.sourceHeight = Int32(sourceHeight)
  }

  /// Prepares a conversion; `flags` are `SWS_…` values joined.
  init(from source: PixelLayout, to target: PixelLayout, flags: Int32) throws {
    guard let context = unsafe cffmpeg_scaler_allocate() else {
      throw SplitpipeError.outOfMemory("a scaler")
    }
    let owner = unsafe Scaler(owning: context, sourceHeight: source.size.height)
    owner.set("srcw", source.size.width)
    owner.set("srch", source.size.height)
    owner.set("src_format", Int(source.format))
    owner.set("src_range", source.isFullRange ? 1 : 0)
    owner.set("dstw", target.size.width)
    owner.set("dsth", target.size.height)
    owner.set("dst_format", Int(target.format))
    owner.set("dst_range", target.isFullRange ? 1 : 0)
    owner.set("sws_flags", Int(flags))
    if let x = source.chromaX { owner.set("src_h_chr_pos", x) }
    if let y = source.chromaY { owner.set("src_v_chr_pos", y) }
    let status = unsafe cffmpeg_scaler_initialise(context)
    guard status >= 0 else {
      throw SplitpipeError.cannotConvert(source, target, FFmpegLibrary.text(status))
    }
    // Refused (negative) between two layouts of RGB, where there is no matrix to set.
    _ = unsafe cffmpeg_scaler_colours(
      context, source.matrix, source.isFullRange ? 1 : 0, target.matrix, target.isFullRange ? 1 : 0)
    self = owner
  }

  deinit { unsafe cffmpeg_scaler_free(context) }

  private func set(_ option: String, _ value: Int) {
    unsafe av_opt_set_int(context, option, Int64(value), 0)
  }

  /// Converts all rows. The frames have the sizes and formats given to `init` (or are larger).
  func convert(_ source: borrowing FrameBuffer, to target: borrowing FrameBuffer) throws {
    let rows = unsafe cffmpeg_scale(context, source.pointer, sourceHeight, target.pointer)
    guard rows > 0 else {
      throw SplitpipeError(
        .bug, "cannot convert a frame of \(source.size) pixels: \(FFmpegLibrary.text(rows))")
    }
  }
}

extension SplitpipeError {
  static func cannotConvert(
    _ source: PixelLayout, _ target: PixelLayout, _ reason: String
  ) -> SplitpipeError {
    func name(_ format: Int32) -> String {
      guard let name = unsafe cffmpeg_pixel_format_name(format) else { return "format \(format)" }
      return unsafe String(cString: name)
    }
    return SplitpipeError(
      .badData,
      """
      cannot convert \(source.size) pixels of \(name(source.format)) to \(target.size) of \
      \(name(target.format)): \(reason); convert the input to 8-bit H.264 or PNG first
      """)
  }
}
