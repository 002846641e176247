internal import Glibc

/// Paths are bytes to the system and text to us: what is not UTF-8 in them is kept, byte by byte, as
/// scalars of private use, so that every file can be named and a path comes back as it was.
///
/// Text that already holds such a scalar is kept by its bytes too: no two paths have one text.
package enum PathText {
  /// What stands for byte 0; only bytes from 80 hexadecimal on are ever kept.
  private static let base: UInt32 = 0x10_F700
  private static let kept: ClosedRange<UInt32> = base + 0x80...base + 0xFF

  /// The text of a path.
  ///
  /// - Parameter path: the system's bytes, without the zero at their end.
  /// - Returns: UTF-8 as it is, other bytes as scalars that `bytes(of:)` knows.
  package static func text(_ path: some Collection<UInt8>) -> String {
    if let text = String(validating: path, as: UTF8.self), !isMarked(text) { return text }
    var text = String.UnicodeScalarView()
    var rest = path[...]
    while let byte = rest.first {
      if let scalar = firstScalar(of: rest), !kept.contains(scalar.value) {
        text.append(scalar)
        rest = rest.dropFirst(scalar.utf8.count)
      } else {
        if let scalar = Unicode.Scalar(base + UInt32(byte)) { text.append(scalar) }
        rest = rest.dropFirst()
      }
    }
    return String(text)
  }

  /// The bytes of a path.
  ///
  /// - Parameter path: a text that `text(_:)` made, or any other.
  /// - Returns: what the system knows it by, without a zero at the end.
  package static func bytes(of path: String) -> [UInt8] {
    guard isMarked(path) else { return Array(path.utf8) }
    return path.unicodeScalars.flatMap { scalar in
      kept.contains(scalar.value)
        ? [UInt8(truncatingIfNeeded: scalar.value - base)] : Array(scalar.utf8)
    }
  }

  /// A text for people: bytes that are no UTF-8 as `\xE9`.
  ///
  /// - Parameters:
  ///   - text: a path, or a sentence that names one.
  ///   - sign: what stands before the `x`; two backslashes in the text of a JSON file.
  /// - Returns: the text without scalars of ours.
  package static func shown(_ text: String, sign: String = "\\") -> String {
    guard isMarked(text) else { return text }
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if kept.contains(scalar.value) {
        let digits = String(scalar.value - base, radix: 16, uppercase: true)
        shown.append(contentsOf: (sign + "x" + digits).unicodeScalars)
      } else {
        shown.append(scalar)
      }
    }
    return String(shown)
  }

  private static func isMarked(_ text: String) -> Bool {
    // All of them begin with the same byte, which no text for people holds.
    text.utf8.contains(0xF4) && text.unicodeScalars.contains { kept.contains($0.value) }
  }

  /// The scalar that bytes begin with; nil where they begin with none.
  private static func firstScalar(of bytes: some Collection<UInt8>) -> Unicode.Scalar? {
    for length in 1...4 {
      let start = bytes.prefix(length)
      guard start.count == length else { return nil }
      if let scalar = String(validating: start, as: UTF8.self)?.unicodeScalars.first {
        return scalar
      }
    }
    return nil
  }
}

/// A path as the system takes it, with a zero at its end.
///
/// - Parameter path: as the program holds it; see `PathText`.
/// - Returns: its bytes. One that holds a zero ends there: callers refuse these before.
package func systemPath(_ path: String) -> [CChar] {
  PathText.bytes(of: path).map { CChar(bitPattern: $0) } + [0]
}

/// The arguments this process was started with, byte for byte: see `PathText`.
package let processArguments: [String] = {
  (0..<Int(CommandLine.argc)).compactMap { place in
    guard let argument = unsafe CommandLine.unsafeArgv[place] else { return nil }
    return unsafe PathText.text(
      UnsafeBufferPointer(start: argument, count: strlen(argument)).map { UInt8(bitPattern: $0) })
  }
}()
