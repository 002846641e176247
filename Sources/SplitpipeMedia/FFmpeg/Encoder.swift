import CFFmpeg
import SplitpipeCore
import SplitpipeFiles

/// Owns one `AVCodecContext` that turns frames into coded packets.
@safe
struct Encoder: ~Copyable {
  /// The unit of time where each frame may last as long as it likes: whole numbers of it for 12.5,
  /// 24, 25, 29.97, 30, 50, 60 frames per second, and within the 16 bits that MPEG-4 allows.
  static let fineTime = AVRational(num: 1, den: 60_000)

  let context: UnsafeMutablePointer<AVCodecContext>

  private init(owning context: UnsafeMutablePointer<AVCodecContext>) {
    unsafe self.context = context
  }

  /// Opens the encoder `name` for frames whose times are in units of `time`; errors name `output`.
  init(
    name: String, size: PixelSize, format: AVPixelFormat, time: AVRational = Encoder.fineTime,
    needs: ContainerNeeds = ContainerNeeds(), settings: WriterSettings, output: String
  ) throws {
    guard let codec = unsafe avcodec_find_encoder_by_name(name) else {
      throw SplitpipeError.cannotWrite(output, reason: "this FFmpeg has no encoder \(name)")
    }
    guard let context = unsafe avcodec_alloc_context3(codec) else {
      throw SplitpipeError.outOfMemory("an encoder")
    }
    let owner = unsafe Encoder(owning: context)
    unsafe context.pointee.width = Int32(clamping: size.width)
    unsafe context.pointee.height = Int32(clamping: size.height)
    unsafe context.pointee.pix_fmt = format
    if settings.pixelAspect != 1 {
      unsafe context.pointee.sample_aspect_ratio = av_d2q(settings.pixelAspect, 4096)
    }
    unsafe context.pointee.time_base = time
    unsafe context.pointee.thread_count = Int32(clamping: max(1, settings.encoderThreads))
    if let rate = settings.framesPerSecond, rate.isFinite, rate > 0, rate < 1000 {
      unsafe context.pointee.framerate = av_d2q(rate, 60_000)
    }
    if format == AV_PIX_FMT_YUV420P {
      unsafe context.pointee.color_range = AVCOL_RANGE_MPEG
      unsafe context.pointee.colorspace = Self.matrix(of: size).name
    } else {
      unsafe context.pointee.color_range = AVCOL_RANGE_JPEG
    }
    if needs.constantRate { unsafe context.pointee.max_b_frames = 0 }
    if needs.globalHeader { unsafe context.pointee.flags |= Int32(AV_CODEC_FLAG_GLOBAL_HEADER) }
    var options: OpaquePointer?
    defer { unsafe av_dict_free(&options) }
    switch name {
    case "libx264":
      unsafe av_dict_set(&options, "preset", settings.preset, 0)
      unsafe av_dict_set(&options, "crf", String(settings.quality), 0)
      if let tune = settings.tune { unsafe av_dict_set(&options, "tune", tune, 0) }
    case "libvpx", "libvpx-vp9":
      unsafe av_dict_set(&options, "deadline", "realtime", 0)
      unsafe av_dict_set(&options, "cpu-used", "8", 0)
      unsafe av_dict_set(&options, "crf", String(settings.quality + 8), 0)
      unsafe context.pointee.bit_rate = name == "libvpx" ? 4_000_000 : 0
    case "libopenh264":
      unsafe context.pointee.bit_rate = Int64(size.width * size.height) * 4
    default:
      unsafe context.pointee.flags |= AV_CODEC_FLAG_QSCALE
      unsafe context.pointee.global_quality = 3 * FF_QP2LAMBDA
    }
    let status = unsafe avcodec_open2(context, codec, &options)
    guard status >= 0 else {
      throw SplitpipeError.cannotEncode(output, name, size, FFmpegLibrary.text(status))
    }
    self = owner
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = unsafe context
    unsafe avcodec_free_context(&context)
  }

  /// The colour matrix players expect for a size: BT.709 from 720 lines on, else BT.601.
  static func matrix(of size: PixelSize) -> (name: AVColorSpace, coefficients: Int32) {
    size.height >= 720 ? (AVCOL_SPC_BT709, SWS_CS_ITU709) : (AVCOL_SPC_SMPTE170M, SWS_CS_ITU601)
  }

  /// Hands a frame over, nil at the end; `consume` gets each packet that comes out.
  func encode(
    _ frame: UnsafeMutablePointer<AVFrame>?, into packet: borrowing CodedPacket, output: String,
    consume: () throws -> Void
  ) throws {
    let status = unsafe avcodec_send_frame(context, frame)
    guard status >= 0 else {
      throw SplitpipeError.cannotWrite(output, reason: FFmpegLibrary.text(status))
    }
    while true {
      let status = unsafe avcodec_receive_packet(context, packet.pointer)
      if status == FFmpegLibrary.again || status == FFmpegLibrary.end { return }
      guard status >= 0 else {
        throw SplitpipeError.cannotWrite(output, reason: FFmpegLibrary.text(status))
      }
      try consume()
      packet.clear()
    }
  }
}

extension SplitpipeError {
  static func cannotEncode(
    _ output: String, _ encoder: String, _ size: PixelSize, _ reason: String
  ) -> SplitpipeError {
    .cannotWrite(output, reason: "\(encoder) refuses frames of \(size) pixels: \(reason)")
  }
}
