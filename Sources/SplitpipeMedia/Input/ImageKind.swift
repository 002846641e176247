import CFFmpeg

/// The still-image formats we read ourselves, told apart by their first bytes, never by their name.
enum ImageKind {
  /// Names in a folder that count as images, in lower case without the dot.
  static let extensions = [
    "bmp", "jpeg", "jpg", "mpo", "pgm", "png", "pnm", "ppm", "tif", "tiff", "webp",
  ]
  /// As many bytes of a file as tell its kind.
  static let signatureLength = 12

  /// FFmpeg's decoder for an image that starts with these bytes; nil where it is none we know.
  static func codec(signature bytes: [UInt8]) -> AVCodecID? {
    func starts(_ text: String, at offset: Int = 0) -> Bool {
      bytes.dropFirst(offset).starts(with: text.utf8)
    }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return AV_CODEC_ID_MJPEG }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return AV_CODEC_ID_PNG }
    if starts("RIFF"), starts("WEBP", at: 8) { return AV_CODEC_ID_WEBP }
    if starts("II*\0") || starts("MM\0*") { return AV_CODEC_ID_TIFF }
    if starts("BM"), bytes.count >= signatureLength { return AV_CODEC_ID_BMP }
    if starts("P5"), isBlank(bytes.dropFirst(2).first) { return AV_CODEC_ID_PGM }
    if starts("P6"), isBlank(bytes.dropFirst(2).first) { return AV_CODEC_ID_PPM }
    return nil
  }

  /// Whether a file of this name in a folder is meant as an image; hidden files are not.
  static func isImage(name: String) -> Bool {
    guard !name.hasPrefix("."), let dot = name.lastIndex(of: ".") else { return false }
    return extensions.contains(name[name.index(after: dot)...].lowercased())
  }

  private static func isBlank(_ byte: UInt8?) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }
}
