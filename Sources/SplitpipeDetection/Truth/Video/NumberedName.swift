/// The name of a picture of a video, or of its labels, taken apart.
struct NumberedName: Sendable {
  /// What stands before the number, without the signs between them.
  let prefix: String
  /// The number at the end; nil where there is none, or one too large for a frame.
  let number: Int?
  /// Whether zeros fill the number up.
  let isPadded: Bool
  /// The sign before the number, where there is one.
  let separator: Character?

  /// - Parameter path: a file name with or without folders and extension, as in `frame_000012.PNG`,
  ///   `street_12.txt`, `street.mp4#12`, or as Roboflow makes of it, `frame_000012_png.rf.1f….jpg`.
  init(_ path: String) {
    var stem = Self.withoutExtension(ImageName.name(path)[...])
    if let place = stem.range(ofLast: ".rf.") {
      stem = stem[..<place]
      if let underscore = stem.lastIndex(of: "_"),
        Self.imageEndings.contains(stem[stem.index(after: underscore)...].lowercased())
      {
        stem = stem[..<underscore]
      }
    }
    var start = stem.endIndex
    while start > stem.startIndex {
      let before = stem.index(before: start)
      guard stem[before].isASCII, stem[before].isNumber else { break }
      start = before
    }
    let digits = stem[start...]
    var before = stem[..<start]
    separator = before.last.flatMap { "_-#. ".contains($0) ? $0 : nil }
    if separator != nil { before.removeLast() }
    prefix = String(before)
    number = digits.count <= 18 ? Int(digits) : nil
    isPadded = digits.count > 1 && digits.first == "0"
  }

  private static let imageEndings: Set = ["jpg", "jpeg", "png", "bmp", "webp", "tif", "tiff"]

  /// An extension has a letter and no sign; `#12` and `.0012` are none.
  private static func withoutExtension(_ name: Substring) -> Substring {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    let ending = name[name.index(after: dot)...]
    let isExtension =
      !ending.isEmpty && ending.count <= 5 && ending.contains(where: \.isLetter)
      && ending.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    return isExtension ? name[..<dot] : name
  }
}

extension Substring {
  /// Where a text begins that stands in it for the last time.
  fileprivate func range(ofLast text: String) -> Index? {
    guard count >= text.count else { return nil }
    var place = index(endIndex, offsetBy: -text.count)
    while true {
      if self[place...].hasPrefix(text) { return place }
      guard place > startIndex else { return nil }
      place = index(before: place)
    }
  }
}
