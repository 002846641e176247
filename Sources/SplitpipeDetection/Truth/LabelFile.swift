import SplitpipeCore
import SplitpipeFiles

/// Label and result files as a whole.
enum LabelFile {
  /// The most bytes of one; COCO's own largest has 0.5 GB.
  static let byteLimit = 2 << 30

  /// Reads a JSON file; `content` is what errors say it was read as.
  ///
  /// - Throws: `missingInput` where it cannot be read, `badData` naming the file where it is too
  ///   long or `parse` finds fault with it.
  static func json<Value>(
    _ path: String, as content: String, parse: ([UInt8]) throws -> Value
  ) throws -> Value {
    let bytes = try readFile(path, limit: byteLimit)
    do {
      return try parse(bytes)
    } catch let error as SplitpipeError where error.kind == .badData {
      throw error.about("cannot read \"\(path)\" as \(content)")
    }
  }
}
