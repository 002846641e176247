import CFFmpeg
package import SplitpipeCore

/// Frames of one video as H.264 by libx264 (preset medium, tune zerolatency: one frame in, one
/// packet out, no frame refers to a later one), decoded at once by FFmpeg.
package final class H264RoundTrip: FrameRoundTrip {
  package let quality: Int
  private let framesPerSecond: Double?
  private var stream: Stream?

  /// The coder and decoder of one video, made with its first frame.
  private final class Stream {
    let layout: PixelLayout
    let encoder: Encoder
    let decoder: Decoder
    let packet: CodedPacket
    let scaler: Scaler
    let pixels: FrameBuffer
    private var frames: Int64 = 0
    /// Bytes of the frame sent last.
    private(set) var bytes = 0

    init(_ layout: PixelLayout, settings: WriterSettings, name: String) throws {
      // 4:2:0 wants even sides; an odd one loses its last row or column.
      let even = PixelSize(
        width: max(2, layout.size.width & ~1), height: max(2, layout.size.height & ~1))
      let rate = av_d2q(min(max(settings.framesPerSecond ?? 25, 0.1), 1000), 60_000)
      self.layout = layout
      encoder = try Encoder(
        name: "libx264", size: even, format: AV_PIX_FMT_YUV420P, time: av_inv_q(rate),
        settings: settings, output: name)
      decoder = try unsafe Decoder(
        codec: AV_CODEC_ID_H264, parameters: nil, isStrict: false, settings: SourceSettings(),
        input: name)
      packet = try CodedPacket()
      pixels = try FrameBuffer(size: even, format: AV_PIX_FMT_YUV420P)
      var source = layout
      source.size = PixelSize(
        width: min(layout.size.width, even.width), height: min(layout.size.height, even.height))
      scaler = try Scaler(
        from: source,
        to: PixelLayout(
          size: even, format: AV_PIX_FMT_YUV420P, isFullRange: false,
          matrix: Encoder.matrix(of: even).coefficients),
        flags: SWS_BICUBIC | SWS_ACCURATE_RND)
    }

    func send(
      _ picture: FFmpegPicture, name: String, coded: () -> Void
    ) throws -> FrameBuffer {
      guard unsafe av_frame_make_writable(pixels.pointer) >= 0 else {
        throw SplitpipeError.outOfMemory("a frame")
      }
      try scaler.convert(picture.frame, to: pixels)
      unsafe pixels.pointer.pointee.pts = frames
      unsafe pixels.pointer.pointee.pict_type = AV_PICTURE_TYPE_NONE
      frames += 1
      bytes = 0
      try unsafe encoder.encode(pixels.pointer, into: packet, output: name) {
        bytes += packet.size
        coded()
        let status = decoder.send(packet)
        guard status >= 0 else { throw SplitpipeError.unreadable(name, FFmpegLibrary.text(status)) }
      }
      let decoded = try FrameBuffer()
      guard case .frame = decoder.receive(into: decoded) else {
        throw SplitpipeError(.bug, "\(name): no frame came out for the one that went in")
      }
      return decoded
    }
  }

  /// - Parameters:
  ///   - quality: x264's constant rate factor, 0…51, less is better.
  ///   - framesPerSecond: the video's rate, where known; x264 weighs quality by it.
  /// - Throws: `usage` for another factor.
  package init(quality: Int, framesPerSecond: Double?) throws {
    guard (0...51).contains(quality) else {
      throw SplitpipeError(.usage, "a CRF of H.264 is 0 to 51, not \(quality)")
    }
    _ = FFmpegLibrary.ready
    self.quality = quality
    self.framesPerSecond = framesPerSecond
  }

  package func send(_ frame: Frame, coded: () -> Void) throws -> Frame {
    let picture = try FFmpegPicture.of(frame)
    let layout = PixelLayout(picture.frame)
    let name = "frame \(frame.stamp.index) as H.264"
    let current: Stream
    if let stream, stream.layout == layout {
      current = stream
    } else {
      current = try Stream(
        layout,
        settings: WriterSettings(
          preset: "medium", quality: quality, encoderThreads: 1, framesPerSecond: framesPerSecond,
          tune: "zerolatency"),
        name: name)
      stream = current
    }
    let decoded = try current.send(picture, name: name, coded: coded)
    return Frame(
      stamp: frame.stamp, picture: FFmpegPicture(decoded, like: picture),
      sourceBytes: current.bytes, fileName: frame.fileName)
  }
}
