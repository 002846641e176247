import CFFmpeg
import SplitpipeCore
import SplitpipeFiles

/// Decodes one image file.
///
/// A decoder is made for each image: it costs little and no state of a damaged one is left behind.
func readImage(path: String, number: Int, settings: SourceSettings) throws -> Frame {
  _ = FFmpegLibrary.ready
  let bytes = try readFile(path, limit: CodedPacket.byteLimit)
  guard !bytes.isEmpty else { throw SplitpipeError.emptyFile(path) }
  let signature = Array(bytes.prefix(ImageKind.signatureLength))
  guard let codec = ImageKind.codec(signature: signature) else {
    throw SplitpipeError.unreadable(path, "its first bytes are those of no image format known here")
  }
  // FFmpeg's strict TIFF decoder refuses tags it does not know, of which every program writes some.
  let decoder = try unsafe Decoder(
    codec: codec, parameters: nil, isStrict: codec != AV_CODEC_ID_TIFF, settings: settings,
    input: path)
  let frame = try FrameBuffer()
  let status = decoder.send(try CodedPacket.holding(bytes))
  guard status >= 0 else { throw SplitpipeError.unreadable(path, FFmpegLibrary.text(status)) }
  decoder.sendEnd()
  switch decoder.receive(into: frame) {
  case .frame: break
  case .failed(let status): throw SplitpipeError.unreadable(path, FFmpegLibrary.text(status))
  case .needsPacket, .end: throw SplitpipeError.unreadable(path, "it holds no picture")
  }
  guard unsafe cffmpeg_is_damaged(frame.pointer) == 0 else {
    throw SplitpipeError.unreadable(path, "a part of the picture is missing")
  }
  let orientation = unsafe Orientation(matrix: cffmpeg_frame_matrix(frame.pointer))
  let name = path.split(separator: "/").last.map(String.init) ?? path
  return Frame(
    stamp: FrameStamp(index: number, seconds: Double(number)),
    picture: FFmpegPicture(frame, orientation: orientation), sourceBytes: bytes.count,
    fileName: name)
}
