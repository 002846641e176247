import CFFmpeg
import SplitpipeCore
import SplitpipeFiles

/// Encodes a canvas as one picture and writes it to `path`; `output` is what errors call it.
func writeStill(
  _ canvas: borrowing Canvas, encoder name: String, format: AVPixelFormat, path: String,
  output: String
) throws {
  var file = try FileWriter(path, name: output)
  try unsafe encodeStill(canvas, encoder: name, format: format, output: output) {
    try unsafe file.write($0.span)
  }
  try file.close()
}

/// Encodes a canvas as one picture; its bytes go to `consume`, part after part.
func encodeStill(
  _ canvas: borrowing Canvas, encoder name: String, format: AVPixelFormat, output: String,
  consume: (UnsafeBufferPointer<UInt8>) throws -> Void
) throws {
  let encoder = try Encoder(
    name: name, size: canvas.size, format: format, settings: WriterSettings(), output: output)
  let converted = try FrameBuffer(size: canvas.size, format: format)
  var isFull: Int32 = 1
  let plain = unsafe AVPixelFormat(cffmpeg_plain_format(format.rawValue, &isFull))
  let scaler = try Scaler(
    from: PixelLayout(
      size: canvas.size, format: cffmpeg_canvas(), isFullRange: true, matrix: SWS_CS_DEFAULT),
    to: PixelLayout(
      size: canvas.size, format: plain, isFullRange: true, matrix: SWS_CS_ITU601),
    flags: SWS_AREA | SWS_ACCURATE_RND)
  try scaler.convert(canvas.pixels, to: converted)
  unsafe converted.pointer.pointee.quality = 3 * FF_QP2LAMBDA
  let packet = try CodedPacket()
  let write = {
    try unsafe consume(
      UnsafeBufferPointer(start: packet.pointer.pointee.data, count: packet.size))
  }
  try unsafe encoder.encode(converted.pointer, into: packet, output: output, consume: write)
  try unsafe encoder.encode(nil, into: packet, output: output, consume: write)
}
