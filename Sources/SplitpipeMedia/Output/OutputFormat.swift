import CFFmpeg
import SplitpipeCore
import SplitpipeFiles

/// What an annotated output becomes, by the extension of its name.
enum OutputFormat: Equatable {
  /// One picture, by the encoder and pixel format named.
  case image(encoder: String, format: AVPixelFormat)
  /// A video in FFmpeg's container of this name, by the encoder named.
  case video(container: String, encoder: String)

  /// Encoders by what they make of a given number of bytes; the first that the build has and the
  /// container takes is used.
  static let encoders = ["libx264", "libopenh264", "libvpx-vp9", "libvpx", "mpeg4"]

  var isImage: Bool {
    if case .image = self { return true }
    return false
  }

  init(path: String) throws {
    _ = FFmpegLibrary.ready
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let suffix = name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
    switch suffix {
    case "png": self = .image(encoder: "png", format: AV_PIX_FMT_RGB24)
    case "jpg", "jpeg": self = .image(encoder: "mjpeg", format: AV_PIX_FMT_YUVJ420P)
    default: self = try Self.video(suffix: suffix, path: path)
    }
    if case .image(let encoder, _) = self, unsafe avcodec_find_encoder_by_name(encoder) == nil {
      throw SplitpipeError.cannotWrite(path, reason: "this FFmpeg has no encoder \(encoder)")
    }
  }

  private static func video(suffix: String, path: String) throws -> OutputFormat {
    let guessed = suffix.isEmpty ? nil : unsafe av_guess_format(nil, "a." + suffix, nil)
    guard let container = unsafe guessed ?? av_guess_format("mp4", nil, nil),
      let name = unsafe container.pointee.name
    else { throw SplitpipeError.cannotWrite(path, reason: "this FFmpeg cannot write mp4") }
    let label = unsafe String(cString: name)
    for encoder in encoders {
      guard let codec = unsafe avcodec_find_encoder_by_name(encoder) else { continue }
      let fits = unsafe avformat_query_codec(container, codec.pointee.id, FF_COMPLIANCE_NORMAL)
      if fits == 1 { return .video(container: label, encoder: encoder) }
    }
    throw SplitpipeError(
      .usage,
      """
      cannot write video to "\(path)": a .\(suffix) file takes none of the encoders here \
      (\(encoders.joined(separator: ", "))); use .mp4, .mkv, .webm, .png, or .jpg
      """)
  }
}
