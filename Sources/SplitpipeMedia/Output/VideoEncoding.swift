import CFFmpeg
import SplitpipeCore

/// One running encoder with its container: canvas pixels go in, a file comes out.
struct VideoEncoding: ~Copyable {
  private let encoder: Encoder
  private let muxer: Muxer
  private let packet: CodedPacket
  private let converter: Scaler
  private let converted: FrameBuffer
  private let output: String
  private let time: AVRational
  private var lastTicks: Int64 = -1
  private var lastStep: Int64

  /// Opens the encoder for canvases of `size` and writes the container's header into `path`.
  init(
    size: PixelSize, container: String, encoder name: String, path: String, output: String,
    settings: WriterSettings
  ) throws {
    // 4:2:0 wants even sides; an odd one loses its last row or column.
    let even = PixelSize(width: max(2, size.width & ~1), height: max(2, size.height & ~1))
    let source = PixelSize(
      width: min(size.width, even.width), height: min(size.height, even.height))
    let rate = min(max(settings.framesPerSecond ?? 25, 0.1), 1000)
    let needs = ContainerNeeds(container: container)
    let time = needs.constantRate ? av_inv_q(av_d2q(rate, 60_000)) : Encoder.fineTime
    let encoder = try Encoder(
      name: name, size: even, format: AV_PIX_FMT_YUV420P, time: time, needs: needs,
      settings: settings, output: output)
    let muxer = try Muxer(container: container, path: path, encoder: encoder, output: output)
    let packet = try CodedPacket()
    let converter = try Scaler(
      from: PixelLayout(
        size: source, format: cffmpeg_canvas(), isFullRange: true, matrix: SWS_CS_DEFAULT),
      to: PixelLayout(
        size: even, format: AV_PIX_FMT_YUV420P, isFullRange: false,
        matrix: Encoder.matrix(of: even).coefficients),
      flags: SWS_AREA | SWS_ACCURATE_RND)
    let converted = try FrameBuffer(size: even, format: AV_PIX_FMT_YUV420P)
    self.encoder = encoder
    self.muxer = muxer
    self.packet = packet
    self.converter = converter
    self.converted = converted
    self.output = output
    self.time = time
    lastStep = max(1, Int64(Double(time.den) / Double(time.num) / rate))
  }

  /// Encodes the canvas as the picture shown at `seconds`; times that do not grow are moved on by
  /// one tick.
  mutating func append(_ canvas: borrowing Canvas, seconds: Double) throws {
    // The encoder may still read the picture before.
    guard unsafe av_frame_make_writable(converted.pointer) >= 0 else {
      throw SplitpipeError.outOfMemory("a frame")
    }
    try converter.convert(canvas.pixels, to: converted)
    let wanted = seconds.isFinite ? min(max(seconds, 0), 1e9) : 0
    let exact = wanted * Double(time.den) / Double(time.num)
    let ticks = max(lastTicks + 1, Int64(exact.rounded()))
    if lastTicks >= 0 { lastStep = ticks - lastTicks }
    lastTicks = ticks
    unsafe converted.pointer.pointee.pts = ticks
    unsafe converted.pointer.pointee.pict_type = AV_PICTURE_TYPE_NONE
    try unsafe encode(converted.pointer)
  }

  /// Writes what the encoder still holds and the end of the file.
  func finish() throws {
    try unsafe encode(nil)
    try muxer.finish(output: output)
  }

  private func encode(_ frame: UnsafeMutablePointer<AVFrame>?) throws {
    try unsafe encoder.encode(frame, into: packet, output: output) {
      unsafe packet.pointer.pointee.duration = lastStep
      try muxer.write(packet, time: time, output: output)
    }
  }
}
