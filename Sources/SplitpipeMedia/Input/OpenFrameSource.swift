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
      address: input == "-" ? "pipe:0" : input, input: input, isRemote: false, fileBytes: nil,
      settings: settings)
  }
  if input.contains("://"), !input.hasPrefix("file://") {
    return try VideoSource(
      address: input, input: input, isRemote: true, fileBytes: nil, settings: settings)
  }
  let path = input.hasPrefix("file://") ? String(input.dropFirst(7)) : input
  switch try FileKind(of: path) {
  case .folder:
    return try ImageSource.folder(path, settings: settings)
  case .file(bytes: 0):
    throw SplitpipeError.emptyFile(path)
  case .file(let bytes):
    let signature = try readStart(of: path, count: ImageKind.signatureLength)
    if ImageKind.codec(signature: signature) != nil {
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

extension SplitpipeError {
  static func emptyFile(_ path: String) -> SplitpipeError {
    SplitpipeError(
      .badData, "\"\(path)\" is empty (0 bytes); expected a video or an image, copy it again")
  }
}
