import SplitpipeCore
import SplitpipeFiles

/// Label and result files as a whole.
enum LabelFile {
  /// The most bytes of one; COCO's own largest has 0.5 GB.
  static let byteLimit = 2 << 30

  /// Reads a JSON file; `content` is what errors say it was read as.
  ///
  /// - Throws: `missingInput` where it cannot be read, `badData` naming the file where it is too
  ///   long, is of another kind, or `parse` finds fault with it.
  static func json<Value>(
    _ path: String, as content: String, parse: ([UInt8]) throws -> Value
  ) throws -> Value {
    let bytes = LabelText.withoutByteOrder(try readFile(path, limit: byteLimit))
    if let pointer = LFSPointer(bytes) { throw SplitpipeError.isPointer(path, pointer) }
    do {
      if let other = otherKind(bytes) {
        throw SplitpipeError(
          .badData,
          "expected JSON, found \(other); export the labels as COCO (instances.json) or YOLO text")
      }
      return try parse(bytes)
    } catch let error as SplitpipeError where error.kind == .badData {
      throw error.about("cannot read \"\(path)\" as \(content)")
    }
  }

  /// What people give instead of JSON; nil where it may be JSON.
  private static func otherKind(_ bytes: [UInt8]) -> String? {
    if bytes.starts(with: "PK".utf8) { return "a ZIP archive, which is to be unpacked" }
    guard LabelText.firstSign(bytes) == UInt8(ascii: "<") else { return nil }
    let start = String(decoding: bytes.prefix(4096), as: UTF8.self)
    if start.contains("<annotations") { return "XML as CVAT writes it" }
    return start.contains("<annotation") ? "XML as Pascal VOC has it" : "XML or HTML"
  }
}
