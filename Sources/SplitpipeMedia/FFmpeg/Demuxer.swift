import CFFmpeg
import Glibc
import SplitpipeCore
import SplitpipeFiles

/// Owns one `AVFormatContext` opened for reading, and gives out the packets of its video stream.
@safe
struct Demuxer: ~Copyable {
  private let context: UnsafeMutablePointer<AVFormatContext>
  private let patience: Patience
  /// True where the frames come over a network.
  let isRemote: Bool
  private let stream: UnsafeMutablePointer<AVStream>
  /// Where in the input reading stood once its header was known; nil where nobody knows.
  private let headerEnd: Int64?

  /// Opens `address` (a file as `file:` and its path), which errors call `input`.
  init(address: String, input: String, isRemote: Bool, settings: SourceSettings) throws {
    _ = FFmpegLibrary.ready
    guard let fresh = unsafe avformat_alloc_context() else {
      throw SplitpipeError.outOfMemory("an input")
    }
    unsafe FFmpegLog.listen(to: fresh)
    let patience = Patience(seconds: isRemote ? settings.networkTimeout : nil)
    unsafe fresh.pointee.interrupt_callback = patience.callback
    var opened: UnsafeMutablePointer<AVFormatContext>? = unsafe fresh
    var options: OpaquePointer?
    defer { unsafe av_dict_free(&options) }
    unsafe av_dict_set(&options, "rtsp_transport", "tcp", 0)
    var status = unsafe avformat_open_input(&opened, systemPath(address), nil, &options)
    guard status >= 0, let context = unsafe opened else {
      // FFmpeg has freed it.
      let said = unsafe FFmpegLog.take(of: fresh)
      unsafe FFmpegLog.forget(fresh)
      throw SplitpipeError.cannotOpen(input, isRemote: isRemote, status, said: said)
    }
    // All is stored at the end: what is half made of a value that cannot be copied is not let go of.
    let position = unsafe context.pointee.pb.map { unsafe cffmpeg_position($0) }
    let found: UnsafeMutablePointer<AVStream>
    do {
      status = unsafe avformat_find_stream_info(context, nil)
      guard status >= 0 else {
        throw unsafe SplitpipeError.cannotOpen(
          input, isRemote: isRemote, status, said: FFmpegLog.take(of: context))
      }
      unsafe found = try videoStream(of: context, input: input)
    } catch {
      unsafe FFmpegLog.forget(context)
      unsafe avformat_close_input(&opened)
      throw error
    }
    unsafe self.context = context
    unsafe stream = found
    headerEnd = position
    self.patience = patience
    self.isRemote = isRemote
  }

  deinit {
    unsafe FFmpegLog.forget(context)
    var context: UnsafeMutablePointer<AVFormatContext>? = unsafe context
    unsafe avformat_close_input(&context)
  }

  /// The next packet of the video stream; the status is FFmpeg's.
  func read(into packet: borrowing CodedPacket) -> Int32 {
    patience.restart()
    while true {
      packet.clear()
      let status = unsafe av_read_frame(context, packet.pointer)
      if status == FFmpegLibrary.again, !patience.isOver { continue }
      guard status >= 0 else { return status }
      if unsafe packet.streamIndex == stream.pointee.index { return status }
    }
  }

  func makeDecoder(settings: SourceSettings, input: String) throws -> Decoder {
    guard let parameters = unsafe stream.pointee.codecpar else {
      throw SplitpipeError.unreadable(input, "the stream has no parameters")
    }
    return try unsafe Decoder(
      codec: parameters.pointee.codec_id, parameters: parameters, isStrict: false,
      settings: settings, input: input)
  }

  /// What FFmpeg said of the input since the last time.
  func messages() -> [String] { unsafe FFmpegLog.take(of: context) }

  /// Whether a failure to read is the end: an HTTP server that does not say how much it sends says by
  /// closing the connection that this was all, and FFmpeg takes that for a fault.
  func isEnd(_ status: Int32) -> Bool {
    guard isRemote, status == FFmpegLibrary.inputOutput, let file = unsafe context.pointee.pb else {
      return false
    }
    return unsafe avio_size(file) < 0 && cffmpeg_is_http(context) != 0
  }

  /// Whether the input can be read from another place.
  var canSeek: Bool {
    guard let file = unsafe context.pointee.pb else { return false }
    return unsafe file.pointee.seekable & AVIO_SEEKABLE_NORMAL != 0
  }

  /// Whether the first frame lies before the index that leads to it, and what has been read once does not
  /// come again: an MP4 through a pipe, say, unless it was written for that.
  var hasIndexBehind: Bool {
    guard !canSeek, let headerEnd, let first = unsafe avformat_index_get_entry(stream, 0) else {
      return false
    }
    return unsafe first.pointee.pos < headerEnd
  }

  /// Goes on reading at the start; false where it cannot.
  func rewind() -> Bool { unsafe av_seek_frame(context, -1, 0, AVSEEK_FLAG_BYTE) >= 0 }

  /// Goes on reading at the last key frame decoded at a time or before; false where the format cannot.
  func seek(to ticks: Int64) -> Bool {
    unsafe av_seek_frame(context, stream.pointee.index, ticks, AVSEEK_FLAG_BACKWARD) >= 0
  }

  /// How much wider than high a coded pixel is shown, as the container or else the codec says; 1 where
  /// neither does or no screen would show it so.
  func pixelAspect(of frame: borrowing FrameBuffer) -> Double {
    let aspect = unsafe av_guess_sample_aspect_ratio(context, stream, frame.pointer)
    guard aspect.num > 0, aspect.den > 0 else { return 1 }
    let value = Double(aspect.num) / Double(aspect.den)
    return (0.1...10).contains(value) ? value : 1
  }

  /// How long a frame is shown, at least one tick; a rate that is not said is 25 a second.
  var ticksPerFrame: Int64 {
    let ticks = 1 / max(secondsPerTick * (framesPerSecond ?? 25), 1e-9)
    return max(1, Int64(ticks.rounded(.down)))
  }

  /// True where the stream went silent for longer than the settings allow.
  var isOverdue: Bool { patience.isOver }
  var orientation: Orientation { unsafe Orientation(matrix: cffmpeg_stream_matrix(stream)) }
  var secondsPerTick: Double {
    let base = unsafe stream.pointee.time_base
    return base.den > 0 ? Double(base.num) / Double(base.den) : 0
  }
  /// The time of the first frame in ticks, where the container says it.
  var firstTicks: Int64? {
    let ticks = unsafe stream.pointee.start_time
    return ticks == FFmpegLibrary.noTime ? nil : ticks
  }
  var framesPerSecond: Double? {
    for rate in unsafe [stream.pointee.avg_frame_rate, stream.pointee.r_frame_rate]
    where rate.num > 0 && rate.den > 0 {
      return Double(rate.num) / Double(rate.den)
    }
    return nil
  }
  /// What the container says, nil where it says nothing.
  var declaredFrames: Int? {
    let count = unsafe stream.pointee.nb_frames
    return count > 0 ? Int(count) : nil
  }
  /// True where the container lists every packet it should hold, so that a loss can be counted.
  var listsEveryPacket: Bool {
    guard let format = unsafe context.pointee.iformat, let name = unsafe format.pointee.name else {
      return false
    }
    return unsafe String(cString: name).contains("mp4")
  }
  /// Length in seconds, of the stream or else of the file.
  var seconds: Double? {
    let ticks = unsafe stream.pointee.duration
    if ticks != FFmpegLibrary.noTime, ticks > 0 { return Double(ticks) * secondsPerTick }
    let duration = unsafe context.pointee.duration
    return duration == FFmpegLibrary.noTime || duration <= 0 ? nil : Double(duration) / 1e6
  }
  /// Bits per second of the coded stream, where the container says it.
  var bitRate: Int? {
    guard let parameters = unsafe stream.pointee.codecpar else { return nil }
    let rate = unsafe parameters.pointee.bit_rate
    return rate > 0 ? Int(rate) : nil
  }
}

/// Picks the video stream; the packets of all others are dropped unread.
private func videoStream(
  of context: UnsafeMutablePointer<AVFormatContext>, input: String
) throws -> UnsafeMutablePointer<AVStream> {
  let format = unsafe context.pointee.iformat.flatMap { unsafe $0.pointee.name }
  let name = unsafe format.map { unsafe String(cString: $0) } ?? "unknown"
  // FFmpeg shows any text file as a picture of a terminal; nobody means that.
  guard name != "tty" else { throw SplitpipeError.noVideo(input, format: "text") }
  let index = Int(unsafe av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0))
  guard index >= 0, index < Int(unsafe context.pointee.nb_streams),
    let stream = unsafe context.pointee.streams[index],
    unsafe stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0
  else { throw SplitpipeError.noVideo(input, format: name) }
  for other in 0..<Int(unsafe context.pointee.nb_streams) where other != index {
    unsafe context.pointee.streams[other]?.pointee.discard = AVDISCARD_ALL
  }
  return unsafe stream
}

extension SplitpipeError {
  static func noVideo(_ input: String, format: String) -> SplitpipeError {
    SplitpipeError(
      .badData,
      """
      "\(input)" holds no video stream (FFmpeg reads it as \(format)); \
      give a video, an image, or a folder of images
      """)
  }

  /// `said` is what FFmpeg said of it besides.
  static func cannotOpen(
    _ input: String, isRemote: Bool, _ status: Int32, said: [String] = []
  ) -> SplitpipeError {
    if status == FFmpegLibrary.exit, Task.isCancelled {
      return SplitpipeError(.interrupted, "stopped while opening \"\(input)\"")
    }
    let notThere = [
      -ENOENT, -EACCES, -EPERM, cffmpeg_error_http_not_found(), cffmpeg_error_no_protocol(),
    ]
    if notThere.contains(status) {
      return SplitpipeError(
        .missingInput,
        "cannot open \"\(input)\": \(FFmpegLibrary.text(status)); check the path or address")
    }
    if isRemote, status != FFmpegLibrary.invalidData {
      let reason =
        status == FFmpegLibrary.exit ? "no answer in time" : FFmpegLibrary.text(status)
      return SplitpipeError(
        .unavailable,
        "cannot open \"\(input)\": \(reason); check the address and that the sender is running")
    }
    let more = said.first?.split(whereSeparator: \.isNewline).first.map { ", \($0)" } ?? ""
    return .unreadable(input, FFmpegLibrary.text(status) + more)
  }
}
