import CFFmpeg
package import SplitpipeCore
import SplitpipeFiles

/// Decodes one image file.
///
/// A decoder is made for each image: it costs little and no state of a damaged one is left behind.
///
/// - Parameters:
///   - path: the file.
///   - number: the frame's number; it is shown at as many seconds.
///   - settings: limits.
/// - Returns: the picture as a frame.
/// - Throws: `missingInput` where there is no such file, `badData` where it is no whole picture.
package func readImage(
  path: String, number: Int, settings: SourceSettings = SourceSettings()
) throws -> Frame {
  try readImage(
    readFile(path, limit: CodedPacket.byteLimit), path: path, number: number, settings: settings)
}

/// Decodes one image that is in memory.
///
/// - Parameters:
///   - bytes: of the file.
///   - path: what errors and labels call it.
///   - number: the frame's number; it is shown at as many seconds.
///   - settings: limits.
/// - Returns: the picture as a frame.
/// - Throws: `badData` where it is no whole picture.
package func readImage(
  _ bytes: [UInt8], path: String, number: Int, settings: SourceSettings = SourceSettings()
) throws -> Frame {
  _ = FFmpegLibrary.ready
  guard !bytes.isEmpty else { throw SplitpipeError.emptyFile(path) }
  if let pointer = LFSPointer(bytes) { throw SplitpipeError.isPointer(path, pointer) }
  guard let kind = ImageKind(signature: Array(bytes.prefix(ImageKind.signatureLength))) else {
    throw SplitpipeError.unreadable(path, "its first bytes are those of no image format known here")
  }
  if let obstacle = kind.obstacle(in: bytes) {
    throw SplitpipeError(.badData, "cannot read \"\(path)\": \(obstacle)")
  }
  let frame = try decodeImage(
    CodedPacket.holding(bytes), codec: kind.codec, settings: settings, input: path)
  // Colours of a TIFF file are those of its whole range, whatever they are kept as.
  if kind == .tiff, unsafe frame.pointer.pointee.color_range == AVCOL_RANGE_UNSPECIFIED {
    unsafe frame.pointer.pointee.color_range = AVCOL_RANGE_JPEG
  }
  let orientation =
    unsafe Orientation(bytes, kind: kind)
    ?? Orientation(matrix: cffmpeg_frame_matrix(frame.pointer))
  return Frame(
    stamp: FrameStamp(index: number, seconds: Double(number)),
    picture: FFmpegPicture(frame, orientation: orientation), sourceBytes: bytes.count,
    fileName: path.fileName)
}

/// Those of the names that are called like images, sorted; folders before a name are ignored.
package func imageNames(among names: [String]) -> [String] {
  names.filter { ImageKind.isImage(name: $0.fileName) }.sorted()
}

/// Decodes one whole picture; `input` is what errors call it.
func decodeImage(
  _ packet: borrowing CodedPacket, codec: AVCodecID, settings: SourceSettings, input: String
) throws -> FrameBuffer {
  // FFmpeg's strict TIFF decoder refuses tags it does not know, of which every program writes some.
  let decoder = try unsafe Decoder(
    codec: codec, parameters: nil, isStrict: codec != AV_CODEC_ID_TIFF, settings: settings,
    input: input)
  let frame = try FrameBuffer()
  let status = decoder.send(packet)
  guard status >= 0 else { throw SplitpipeError.unreadable(input, FFmpegLibrary.text(status)) }
  decoder.sendEnd()
  switch decoder.receive(into: frame) {
  case .frame: break
  case .failed(let status): throw SplitpipeError.unreadable(input, FFmpegLibrary.text(status))
  case .needsPacket, .end: throw SplitpipeError.unreadable(input, "it holds no picture")
  }
  guard unsafe cffmpeg_is_damaged(frame.pointer) == 0 else {
    throw SplitpipeError.unreadable(input, "a part of the picture is missing")
  }
  return frame
}
