package import SplitpipeCore

/// What a camera is called: in certificates, in tokens, in messages. One camera, one stream.
package struct CameraName: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  /// The most characters of a name.
  package static let longest = 64

  /// nil unless it is 1 to 64 of the letters and digits of ASCII, `_` and `-`.
  package init?(_ text: String) {
    guard (1...Self.longest).contains(text.utf8.count),
      text.utf8.allSatisfy({ byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      })
    else { return nil }
    self.text = text
  }

  private init(known text: String) { self.text = text }

  /// For a camera that nothing tells the name of.
  package static let unnamed = CameraName(known: "camera")

  package var description: String { text }

  /// The name that a user gave.
  ///
  /// - Throws: `usage` for characters that a name does not have.
  package static func parse(_ text: String) throws(SplitpipeError) -> CameraName {
    guard let name = CameraName(text) else {
      throw SplitpipeError(
        .usage,
        "\"\(text)\" is no name for a camera; expected 1 to \(longest) of A-Z, a-z, 0-9, _ and -")
    }
    return name
  }
}
