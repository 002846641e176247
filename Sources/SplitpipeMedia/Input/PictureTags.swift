import SplitpipeCore

/// Tags of a TIFF directory, which is also what EXIF data are (TIFF 6.0; EXIF 2.3, 4.5 and 4.6).
struct PictureTags {
  private static let orientationTag = 274
  private static let compressionTag = 259
  private static let digitalNegativeTag = 50706

  /// 1…8; nil where it is not said.
  private(set) var exifOrientation: Int?
  /// How the pixels of a TIFF file are coded; nil where it is not said.
  private(set) var compression: Int?
  /// Whether the file is raw data of a camera (DNG), of which the first picture is a small preview.
  private(set) var isDigitalNegative = false

  /// Reads the first directory.
  ///
  /// - Parameter data: a TIFF file, or EXIF data with or without `Exif` and two zeros in front; nil comes
  ///   of anything else.
  init?(_ data: ArraySlice<UInt8>) {
    let mark = Array("Exif\0\0".utf8)
    let bytes = data.starts(with: mark) ? data.dropFirst(mark.count) : data
    let isLittle = bytes.starts(with: "II*\0".utf8)
    guard isLittle || bytes.starts(with: "MM\0*".utf8),
      let directory = bytes.number(at: 4, size: 4, isLittle),
      let count = bytes.number(at: directory, size: 2, isLittle)
    else { return nil }
    for entry in 0..<count {
      let place = directory + 2 + 12 * entry
      guard let tag = bytes.number(at: place, size: 2, isLittle),
        let kind = bytes.number(at: place + 2, size: 2, isLittle),
        // A single short or long stands in the entry itself.
        let value = bytes.number(at: place + 8, size: kind == 4 ? 4 : 2, isLittle)
      else { break }
      switch tag {
      case Self.orientationTag where (1...8).contains(value): exifOrientation = value
      case Self.compressionTag: compression = value
      case Self.digitalNegativeTag: isDigitalNegative = true
      default: break
      }
    }
  }
}

extension Orientation {
  /// How a PNG, WebP or TIFF file says that it is to be turned; nil where it says nothing. Of JPEG files
  /// FFmpeg says it.
  init?(_ bytes: [UInt8], kind: ImageKind) {
    let data: ArraySlice<UInt8>?
    switch kind {
    case .png: data = pngChunk("eXIf", of: bytes)
    case .webp: data = riffChunk("EXIF", of: bytes)
    case .tiff: data = bytes[...]
    default: data = nil
    }
    guard let tag = data.flatMap({ PictureTags($0) })?.exifOrientation else { return nil }
    self.init(exif: tag)
  }

  /// - Parameter tag: where row 0 and column 0 of the coded pixels lie, 1…8 (EXIF 2.3, 4.6.4).
  init(exif tag: Int) {
    self = .upright
    transposes = tag >= 5
    flipsX = [2, 3, 6, 7].contains(tag)
    flipsY = [3, 4, 7, 8].contains(tag)
  }
}

/// The data of the first chunk of a name in a PNG file: length, name, data and a checksum each.
private func pngChunk(_ name: String, of bytes: [UInt8]) -> ArraySlice<UInt8>? {
  var place = 8
  while let length = bytes[...].number(at: place, size: 4, false), place + 8 <= bytes.count {
    let data = place + 8
    if bytes[(place + 4)..<data].elementsEqual(name.utf8) {
      return bytes[data..<min(data + length, bytes.count)]
    }
    place = data + length + 4
  }
  return nil
}

/// The data of the first chunk of a name in a RIFF file: name, length and data each, at even places.
private func riffChunk(_ name: String, of bytes: [UInt8]) -> ArraySlice<UInt8>? {
  var place = 12
  while let length = bytes[...].number(at: place + 4, size: 4, true) {
    let data = place + 8
    if bytes[place..<place + 4].elementsEqual(name.utf8) {
      return bytes[data..<min(data + length, bytes.count)]
    }
    place = data + length + length % 2
  }
  return nil
}

extension ArraySlice<UInt8> {
  /// The unsigned number of up to four bytes that begins so many bytes after the start; nil where they
  /// are not all there.
  fileprivate func number(at offset: Int, size: Int, _ isLittle: Bool) -> Int? {
    guard offset >= 0, offset <= count - size else { return nil }
    let bytes = self[(startIndex + offset)..<(startIndex + offset + size)]
    return (isLittle ? Array(bytes.reversed()) : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
  }
}
