import CFFmpeg

/// The still-image formats we read ourselves, told apart by their first bytes, never by their name.
enum ImageKind {
  case jpeg, png, webp, tiff, bmp, pgm, ppm

  /// Names in a folder that count as images, in lower case without the dot.
  static let extensions = [
    "bmp", "jpeg", "jpg", "mpo", "pgm", "png", "pnm", "ppm", "tif", "tiff", "webp",
  ]
  /// Names of pictures that are not read; a folder that holds some says so.
  static let unreadExtensions = [
    "avif", "dng", "gif", "heic", "heif", "jp2", "jxl", "pfm",
  ]
  /// As many bytes of a file as tell its kind.
  static let signatureLength = 12

  /// The kind of an image that starts with these bytes; nil where it is none we know.
  init?(signature bytes: [UInt8]) {
    func starts(_ text: String, at offset: Int = 0) -> Bool {
      bytes.dropFirst(offset).starts(with: text.utf8)
    }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
      self = .png
    } else if starts("RIFF"), starts("WEBP", at: 8) {
      self = .webp
    } else if starts("II*\0") || starts("MM\0*") {
      self = .tiff
    } else if starts("BM"), bytes.count >= Self.signatureLength {
      self = .bmp
    } else if starts("P5"), Self.isBlank(bytes.dropFirst(2).first) {
      self = .pgm
    } else if starts("P6"), Self.isBlank(bytes.dropFirst(2).first) {
      self = .ppm
    } else {
      return nil
    }
  }

  /// FFmpeg's decoder for it.
  var codec: AVCodecID {
    switch self {
    case .jpeg: AV_CODEC_ID_MJPEG
    case .png: AV_CODEC_ID_PNG
    case .webp: AV_CODEC_ID_WEBP
    case .tiff: AV_CODEC_ID_TIFF
    case .bmp: AV_CODEC_ID_BMP
    case .pgm: AV_CODEC_ID_PGM
    case .ppm: AV_CODEC_ID_PPM
    }
  }

  /// Why FFmpeg would read the file as something else or not at all; nil where it would not.
  func obstacle(in bytes: [UInt8]) -> String? {
    switch self {
    case .tiff:
      guard let tags = PictureTags(bytes[...]) else { return nil }
      if tags.isDigitalNegative {
        return "it is a digital negative (DNG), of which only a preview would be read; develop it "
          + "into a JPEG or PNG"
      }
      guard [6, 7].contains(tags.compression) else { return nil }
      return "it is a TIFF file that holds a JPEG, whose colours FFmpeg reads wrong; convert it to "
        + "PNG or JPEG"
    case .webp:
      // The flags of the extended header.
      guard bytes.count > 20, bytes[12..<16].elementsEqual("VP8X".utf8), bytes[20] & 2 != 0 else {
        return nil
      }
      return "it is an animated WebP, which FFmpeg does not read; convert it to a video or a GIF"
    default: return nil
    }
  }

  /// Whether a file of this name in a folder is meant as an image; hidden files are not.
  static func isImage(name: String) -> Bool {
    hasExtension(name, among: extensions)
  }

  /// Whether a file of this name is a picture of a kind that is not read.
  static func isUnread(name: String) -> Bool {
    hasExtension(name, among: unreadExtensions)
  }

  private static func hasExtension(_ name: String, among extensions: [String]) -> Bool {
    guard !name.hasPrefix("."), let dot = name.lastIndex(of: ".") else { return false }
    return extensions.contains(name[name.index(after: dot)...].lowercased())
  }

  private static func isBlank(_ byte: UInt8?) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }
}
