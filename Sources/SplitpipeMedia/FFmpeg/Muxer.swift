import CFFmpeg
import SplitpipeCore
import SplitpipeFiles

/// What a container wants of its streams.
struct ContainerNeeds: Hashable, Sendable {
  /// Whether it keeps the codec's header in one place.
  var globalHeader = false
  /// Whether all its frames last equally long, in the order coded.
  var constantRate = false

  init() {}

  init(container: String) {
    guard let format = unsafe av_guess_format(container, nil, nil) else { return }
    let flags = unsafe format.pointee.flags
    globalHeader = flags & AVFMT_GLOBALHEADER != 0
    // MP4 and its kin say it by the second flag only: times that may even be negative are free.
    constantRate = flags & (AVFMT_VARIABLE_FPS | AVFMT_TS_NEGATIVE) == 0
  }
}

/// Owns one `AVFormatContext` opened for writing, with one video stream.
@safe
struct Muxer: ~Copyable {
  private let context: UnsafeMutablePointer<AVFormatContext>
  private let stream: UnsafeMutablePointer<AVStream>

  private init(
    owning context: UnsafeMutablePointer<AVFormatContext>, stream: UnsafeMutablePointer<AVStream>
  ) {
    unsafe self.context = context
    unsafe self.stream = stream
  }

  /// Writes the container's header into the file `path`, which errors call `output`.
  init(container: String, path: String, encoder: borrowing Encoder, output: String) throws {
    var fresh: UnsafeMutablePointer<AVFormatContext>?
    let status = unsafe avformat_alloc_output_context2(&fresh, nil, container, nil)
    guard status >= 0, let context = unsafe fresh else {
      throw SplitpipeError.cannotWrite(output, reason: FFmpegLibrary.text(status))
    }
    guard let stream = unsafe avformat_new_stream(context, nil) else {
      unsafe avformat_free_context(context)
      throw SplitpipeError.outOfMemory("an output stream")
    }
    let owner = unsafe Muxer(owning: context, stream: stream)
    unsafe stream.pointee.time_base = encoder.context.pointee.time_base
    unsafe stream.pointee.sample_aspect_ratio = encoder.context.pointee.sample_aspect_ratio
    unsafe stream.pointee.avg_frame_rate = encoder.context.pointee.framerate
    try owner.check(
      unsafe avcodec_parameters_from_context(stream.pointee.codecpar, encoder.context), output)
    try owner.check(
      unsafe avio_open(&context.pointee.pb, systemPath("file:" + path), AVIO_FLAG_WRITE), output)
    try owner.check(unsafe avformat_write_header(context, nil), output)
    self = owner
  }

  deinit {
    unsafe avio_closep(&context.pointee.pb)
    unsafe avformat_free_context(context)
  }

  /// Writes one packet whose times are in the encoder's unit.
  func write(_ packet: borrowing CodedPacket, time: AVRational, output: String) throws {
    unsafe packet.pointer.pointee.stream_index = stream.pointee.index
    unsafe av_packet_rescale_ts(
      packet.pointer, time, stream.pointee.time_base)
    try check(unsafe av_write_frame(context, packet.pointer), output)
    try checkFile(output)
  }

  /// Writes the end of the container and closes the file.
  func finish(output: String) throws {
    try check(unsafe av_write_trailer(context), output)
    if let file = unsafe context.pointee.pb { unsafe avio_flush(file) }
    try checkFile(output)
    try check(unsafe avio_closep(&context.pointee.pb), output)
  }

  private func check(_ status: Int32, _ output: String) throws {
    guard status >= 0 else {
      throw SplitpipeError.cannotWrite(output, reason: FFmpegLibrary.text(status))
    }
  }

  /// What was buffered and failed later shows here only.
  private func checkFile(_ output: String) throws {
    guard let file = unsafe context.pointee.pb else { return }
    try check(unsafe file.pointee.error, output)
  }
}
