import SplitpipeCore
import SplitpipeFiles

/// The SHA-256 that the first fetch of a model found, kept beside it in the form that `sha256sum -c`
/// reads.
struct ChecksumRecord {
  let path: String
  private let fileName: String

  init(of model: AvailableModel, in store: ModelStore) {
    path = store.destination(of: model) + ".sha256"
    fileName = model.fileName
  }

  /// What was recorded; nil where nothing was.
  ///
  /// - Throws: `badData` where the file holds something else.
  func read() throws -> String? {
    guard fileSize(path) != nil else { return nil }
    let text = String(decoding: try readStart(of: path, count: 256), as: UTF8.self)
    let digits = text.prefix { $0 != " " && $0 != "\n" }.lowercased()
    guard digits.utf8.count == 64, digits.allSatisfy(\.isHexDigit) else {
      throw SplitpipeError(
        .badData,
        "cannot read the checksum \"\(path)\": expected 64 hexadecimal digits; remove the file to "
          + "have the checksum recorded anew")
    }
    return digits
  }

  func write(_ sha256: String) throws {
    let file = try OutputFile(path)
    try file.append("\(sha256)  \(fileName)\n")
    try file.finish()
  }
}
