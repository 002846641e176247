public import SplitpipeCore
import SplitpipeFiles

/// Opens whatever frames come from: a video file, an image, a folder of images (by name), an address
/// FFmpeg can open (`rtsp://…`, `http://…`), or `-` for standard input.
///
/// The first frame is decoded at once, so that its size is known and what cannot be read fails here.
/// Throws `missingInput` where nothing is there or a folder holds no image, `badData` where what is
/// there cannot be decoded, `unavailable` where an address does not answer.
public func openFrameSource(
  _ input: String, settings: SourceSettings = SourceSettings()
) throws -> any FrameSource {
  guard !input.isEmpty, !input.contains("\0") else {
    throw SplitpipeError(
      .usage, "the input is empty; give a video, an image, a folder, or an address")
  }
  if input == "-" || input.hasPrefix("pipe:") {
    return try VideoSource(
      address: input == "-" ? "pipe:0" : input, input: redacted(input), isRemote: false,
      fileBytes: nil,
      settings: settings)
  }
  if input.contains("://"), !input.hasPrefix("file://") {
    return try VideoSource(
      address: input, input: redacted(input), isRemote: true, fileBytes: nil, settings: settings)
  }
  let path = input.hasPrefix("file://") ? String(input.dropFirst(7)) : input
  switch try FileKind(of: path) {
  case .folder:
    return try ImageSource.folder(path, settings: settings)
  case .file(bytes: 0):
    throw SplitpipeError.emptyFile(path)
  case .file(let bytes):
    let start = try readStart(of: path, count: LFSPointer.lengthLimit)
    if let pointer = LFSPointer(start) { throw SplitpipeError.isPointer(path, pointer) }
    if let obstacle = heicObstacle(start) {
      throw SplitpipeError(.badData, "cannot read \"\(path)\": \(obstacle)")
    }
    if ImageKind(signature: Array(start.prefix(ImageKind.signatureLength))) != nil {
      return try ImageSource(input: path, paths: [path], settings: settings)
    }
    // The prefix keeps FFmpeg from reading a colon in the name as a protocol.
    return try VideoSource(
      address: "file:" + path, input: path, isRemote: false, fileBytes: bytes, settings: settings)
  case .pipe, .device:
    return try VideoSource(
      address: "file:" + path, input: path, isRemote: false, fileBytes: nil, settings: settings)
  }
}

/// Why a picture that phones write is not read: FFmpeg takes one of the tiles it is made of for the
/// whole. nil for anything else (ISO/IEC 23008-12: the brand after `ftyp`).
private func heicObstacle(_ bytes: [UInt8]) -> String? {
  guard bytes.dropFirst(4).starts(with: "ftyp".utf8) else { return nil }
  let brand = String(decoding: bytes.dropFirst(8).prefix(4), as: UTF8.self)
  guard ["heic", "heix", "heim", "heis", "mif1", "avif"].contains(brand) else { return nil }
  return
    "it is \(brand == "avif" ? "an AVIF" : "a HEIC") picture, of which FFmpeg may read but a tile; "
    + "convert it to JPEG or PNG"
}

extension SplitpipeError {
  static func emptyFile(_ path: String) -> SplitpipeError {
    SplitpipeError(
      .badData, "\"\(path)\" is empty (0 bytes); expected a video or an image, copy it again")
  }
}
