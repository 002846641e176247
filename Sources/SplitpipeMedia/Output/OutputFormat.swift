import CFFmpeg
import SplitpipeCore
import SplitpipeFiles

/// What an annotated output becomes, by the ending of its name.
enum OutputFormat: Equatable {
  /// One picture, by the encoder and pixel format named.
  case image(encoder: String, format: AVPixelFormat)
  /// A video in FFmpeg's container of this name, by the encoder named.
  case video(container: String, encoder: String)

  /// A container we write, all of a video in one file.
  private struct Container {
    /// Endings of names, in lower case without the dot.
    let endings: [String]
    /// FFmpeg's name of its writer.
    let name: String
    /// What it takes, the best first.
    let encoders: [String]
  }

  private static let h264 = ["libx264", "libopenh264"]
  private static let vp9 = ["libvpx-vp9", "libvpx"]
  private static let containers = [
    Container(endings: ["mp4", "m4v"], name: "mp4", encoders: h264 + ["libvpx-vp9", "mpeg4"]),
    Container(endings: ["mov"], name: "mov", encoders: h264 + ["mpeg4"]),
    Container(endings: ["mkv"], name: "matroska", encoders: h264 + vp9 + ["mpeg4"]),
    Container(endings: ["webm"], name: "webm", encoders: vp9),
    Container(endings: ["avi"], name: "avi", encoders: h264 + ["mpeg4"]),
    Container(endings: ["ts", "mts", "m2ts"], name: "mpegts", encoders: h264 + ["mpeg4"]),
    Container(endings: ["flv"], name: "flv", encoders: h264),
    // The bare stream, which others join or send on.
    Container(endings: ["h264", "264"], name: "h264", encoders: h264),
  ]
  private static let pictures: [(endings: [String], format: OutputFormat)] = [
    (["png"], .image(encoder: "png", format: AV_PIX_FMT_RGB24)),
    (["jpg", "jpeg"], .image(encoder: "mjpeg", format: AV_PIX_FMT_YUVJ420P)),
  ]

  var isImage: Bool {
    if case .image = self { return true }
    return false
  }

  /// - Parameter path: what is to be written; without an ending it is an MP4.
  /// - Throws: `usage` for an ending of none of the formats, `cannotWrite` where this FFmpeg has none of
  ///   a format's encoders.
  init(path: String) throws {
    _ = FFmpegLibrary.ready
    let name = path.fileName
    let ending =
      name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? "mp4"
    if let picture = Self.pictures.first(where: { $0.endings.contains(ending) }) {
      self = picture.format
      if case .image(let encoder, _) = self, unsafe avcodec_find_encoder_by_name(encoder) == nil {
        throw SplitpipeError.noEncoder(path, [encoder])
      }
      return
    }
    guard let container = Self.containers.first(where: { $0.endings.contains(ending) }) else {
      throw SplitpipeError.unknownEnding(
        path, ending, videos: Self.containers.flatMap(\.endings),
        pictures: Self.pictures.flatMap(\.endings))
    }
    guard unsafe av_guess_format(container.name, nil, nil) != nil else {
      throw SplitpipeError.cannotWrite(path, reason: "this FFmpeg cannot write \(container.name)")
    }
    guard
      let encoder = container.encoders.first(where: {
        unsafe avcodec_find_encoder_by_name($0) != nil
      })
    else { throw SplitpipeError.noEncoder(path, container.encoders) }
    self = .video(container: container.name, encoder: encoder)
  }
}

extension SplitpipeError {
  static func unknownEnding(
    _ path: String, _ ending: String, videos: [String], pictures: [String]
  ) -> SplitpipeError {
    func list(_ endings: [String]) -> String {
      endings.map { "." + $0 }.joined(separator: ", ")
    }
    let found =
      switch ending {
      case "m3u8", "mpd": ".\(ending) is a list of many files"
      case "mpg", "mpeg", "vob": ".\(ending) holds MPEG-2, which is not written here"
      default: ".\(ending) is no kind of file that is written here"
      }
    return SplitpipeError(
      .usage,
      "cannot write \"\(path)\": \(found); a video is written as \(list(videos)), a single frame as "
        + list(pictures))
  }

  static func noEncoder(_ path: String, _ encoders: [String]) -> SplitpipeError {
    let names = encoders.joined(separator: ", ")
    return .cannotWrite(
      path,
      reason:
        "this FFmpeg has \(encoders.count == 1 ? "no encoder" : "none of the encoders") \(names)")
  }
}
