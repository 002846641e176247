internal import FoundationEssentials
package import SplitpipeCore

/// JSON for people and programs: sorted keys, indented.
///
/// - Parameter value: what to write.
/// - Returns: the text, without a newline at its end.
/// - Throws: what the encoder throws.
package func jsonText(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
  return shownInJSON(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// The text of JSON that holds names of files, with what is not UTF-8 in them as people read it.
///
/// - Parameter text: what an encoder made.
/// - Returns: the same where all names are UTF-8.
package func shownInJSON(_ text: String) -> String { PathText.shown(text, sign: "\\\\") }

/// Writes a value as a JSON file, which appears whole or not at all.
///
/// - Parameters:
///   - value: what to write.
///   - path: where the file is to appear.
/// - Throws: `cannotWrite` with the system's reason, what the encoder throws.
package func writeJSON(_ value: some Encodable, to path: String) throws {
  try OutputFile(path).finish(withJSON: value)
}

extension OutputFile {
  /// Adds a value as JSON and completes the file.
  ///
  /// - Parameter value: what to write.
  /// - Throws: `cannotWrite` when the disk is full or gone, what the encoder throws.
  package func finish(withJSON value: some Encodable) throws {
    try finish(with: jsonText(value) + "\n")
  }

  /// Adds the last of the text and completes the file.
  ///
  /// - Parameter text: what to add.
  /// - Throws: `cannotWrite` when the disk is full or gone; what was written is then removed.
  package func finish(with text: String) throws(SplitpipeError) {
    try append(text)
    try finish()
  }
}
