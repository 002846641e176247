import CFFmpeg
package import SplitpipeCore

/// Each frame by itself as a baseline JPEG, colour at half resolution (4:2:0), coded by
/// libjpeg-turbo and decoded by FFmpeg.
///
/// The quality is libjpeg's 1…100, which is what cameras and programs mean by it.
package final class JPEGRoundTrip: FrameRoundTrip {
  package let quality: Int
  private let compressor: JPEGCompressor
  private var conversion: Conversion?

  /// A scaler and its target, shared by frames of one layout.
  private final class Conversion {
    let layout: PixelLayout
    let scaler: Scaler
    let pixels: FrameBuffer

    init(_ layout: PixelLayout) throws {
      self.layout = layout
      pixels = try FrameBuffer(size: layout.size, format: AV_PIX_FMT_RGB24)
      scaler = try Scaler(
        from: layout,
        to: PixelLayout(
          size: layout.size, format: AV_PIX_FMT_RGB24, isFullRange: true, matrix: SWS_CS_DEFAULT),
        flags: SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP)
    }
  }

  /// - Parameter quality: 1…100.
  /// - Throws: `usage` for another quality.
  package init(quality: Int) throws {
    guard (1...100).contains(quality) else {
      throw SplitpipeError(.usage, "a JPEG quality is 1 to 100, not \(quality)")
    }
    _ = FFmpegLibrary.ready
    self.quality = quality
    compressor = try JPEGCompressor()
  }

  package func send(_ frame: Frame, coded: () -> Void) throws -> Frame {
    let picture = try FFmpegPicture.of(frame)
    let layout = PixelLayout(picture.frame)
    let converter: Conversion
    if let conversion, conversion.layout == layout {
      converter = conversion
    } else {
      converter = try Conversion(layout)
      conversion = converter
    }
    try converter.scaler.convert(picture.frame, to: converter.pixels)
    let packet = try CodedPacket()
    try unsafe compressor.compress(converter.pixels, format: .rgb, quality: quality) { bytes in
      guard unsafe av_new_packet(packet.pointer, Int32(bytes.count)) >= 0 else {
        throw SplitpipeError.outOfMemory("a JPEG")
      }
      guard let start = bytes.baseAddress else { return }
      unsafe packet.pointer.pointee.data.update(from: start, count: bytes.count)
    }
    coded()
    let decoded = try decodeImage(
      packet, codec: AV_CODEC_ID_MJPEG, settings: SourceSettings(),
      input: "frame \(frame.stamp.index) as JPEG")
    return Frame(
      stamp: frame.stamp, picture: FFmpegPicture(decoded, like: picture),
      sourceBytes: packet.size, fileName: frame.fileName)
  }
}
