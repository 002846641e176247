import CFFmpeg
import SplitpipeCore

/// Owns one `AVCodecContext` that turns coded packets into frames.
@safe
struct Decoder: ~Copyable {
  /// What came of asking for a frame.
  enum Step: Equatable { case frame, needsPacket, end, failed(Int32) }

  private let context: UnsafeMutablePointer<AVCodecContext>

  private init(owning context: UnsafeMutablePointer<AVCodecContext>) {
    unsafe self.context = context
  }

  /// Opens a decoder; `parameters` are the stream's, nil for a picture that says everything itself.
  /// Where `isStrict`, a picture of which a part is missing is an error.
  init(
    codec: AVCodecID, parameters: UnsafePointer<AVCodecParameters>?, isStrict: Bool,
    settings: SourceSettings, input: String
  ) throws {
    guard let decoder = unsafe avcodec_find_decoder(codec) else {
      throw SplitpipeError.noDecoder(codec, input: input)
    }
    guard let context = unsafe avcodec_alloc_context3(decoder) else {
      throw SplitpipeError.outOfMemory("a decoder")
    }
    let owner = unsafe Decoder(owning: context)
    if let parameters = unsafe parameters {
      let status = unsafe avcodec_parameters_to_context(context, parameters)
      guard status >= 0 else { throw SplitpipeError.unreadable(input, FFmpegLibrary.text(status)) }
    }
    unsafe context.pointee.thread_type = FF_THREAD_SLICE
    unsafe context.pointee.thread_count = Int32(clamping: max(1, settings.decoderThreads))
    unsafe context.pointee.max_pixels = Int64(settings.maximumPixels)
    if isStrict { unsafe context.pointee.err_recognition = AV_EF_EXPLODE }
    let status = unsafe avcodec_open2(context, decoder, nil)
    guard status >= 0 else { throw SplitpipeError.unreadable(input, FFmpegLibrary.text(status)) }
    self = owner
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = unsafe context
    unsafe avcodec_free_context(&context)
  }

  /// Hands a packet over; the status is negative where the decoder refuses it.
  func send(_ packet: borrowing CodedPacket) -> Int32 {
    unsafe avcodec_send_packet(context, packet.pointer)
  }

  /// Says that no more packets come.
  func sendEnd() { unsafe avcodec_send_packet(context, nil) }

  func receive(into frame: borrowing FrameBuffer) -> Step {
    let status = unsafe avcodec_receive_frame(context, frame.pointer)
    switch status {
    case 0: return .frame
    case FFmpegLibrary.again: return .needsPacket
    case FFmpegLibrary.end: return .end
    default: return .failed(status)
    }
  }
}

extension SplitpipeError {
  static func noDecoder(_ codec: AVCodecID, input: String) -> SplitpipeError {
    let name = unsafe String(cString: avcodec_get_name(codec))
    return SplitpipeError(
      .badData,
      """
      cannot decode "\(input)": this FFmpeg has no decoder for \(name); \
      convert the input to H.264 first
      """)
  }

  static func unreadable(_ input: String, _ reason: String) -> SplitpipeError {
    SplitpipeError(
      .badData,
      """
      cannot read "\(input)" as video or image: \(reason); expected a file that FFmpeg can decode, \
      check that it is complete
      """)
  }
}
