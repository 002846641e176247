/// Text files about labels, whoever wrote them.
package enum LabelText {
  /// The lines of a text: a byte order mark is dropped, text of 16 bits is read as well, and lines end
  /// as on any system.
  ///
  /// - Parameter bytes: the file.
  /// - Returns: its lines without their ends; what is no UTF-8 is replaced.
  package static func lines(_ bytes: [UInt8]) -> [String] {
    rawLines(withoutByteOrder(bytes)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The same as bytes.
  static func rawLines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    let hasLineFeeds = bytes.contains(0x0A)
    var lines = bytes.split(
      separator: hasLineFeeds ? 0x0A : 0x0D, omittingEmptySubsequences: false)
    if hasLineFeeds {
      for index in lines.indices where lines[index].last == 0x0D { lines[index].removeLast() }
    }
    return lines
  }

  /// A text without byte order mark, in UTF-8.
  static func withoutByteOrder(_ bytes: [UInt8]) -> [UInt8] {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return Array(bytes.dropFirst(3)) }
    let isBig = bytes.starts(with: [0xFE, 0xFF])
    guard isBig || bytes.starts(with: [0xFF, 0xFE]) else { return bytes }
    let units = stride(from: 2, to: bytes.count - 1, by: 2).map { index in
      let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
      return isBig ? first << 8 | second : second << 8 | first
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  /// The first byte that is no space.
  static func firstSign(_ bytes: some Sequence<UInt8>) -> UInt8? {
    bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
  }
}
