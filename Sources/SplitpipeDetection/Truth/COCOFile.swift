import SplitpipeCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Decoding of COCO files, with sentences for what is wrong in them.
enum COCOFile {
  /// Decodes JSON; `what` is what the elements of a list without a name are.
  ///
  /// - Throws: `badData` naming the element and the field.
  static func decode<Value: Decodable>(
    _ type: Value.Type, _ bytes: [UInt8], elements what: String = "element"
  ) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw SplitpipeError(.badData, sentence(error, what))
    }
  }

  private static func sentence(_ error: DecodingError, _ what: String) -> String {
    switch error {
    case .keyNotFound(let key, let context):
      return "\(place(context.codingPath, what)) has no \"\(key.stringValue)\""
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(place(context.codingPath, what)) is not as expected\(field(context)): "
        + context.debugDescription
    case .dataCorrupted(let context):
      guard context.codingPath.isEmpty else {
        return "\(place(context.codingPath, what)) is not as expected\(field(context)): "
          + context.debugDescription
      }
      return "\(context.debugDescription.withoutFullStop) (expected whole, valid JSON; "
        + "`python3 -m json.tool` names the line)"
    @unknown default:
      return "\(error)"
    }
  }

  /// `annotation 7 (counted from 0)`.
  private static func place(_ path: [any CodingKey], _ what: String) -> String {
    guard let position = path.firstIndex(where: { $0.intValue != nil }),
      let number = path[position].intValue
    else { return "the file" }
    let list = position > 0 ? path[position - 1].stringValue : ""
    let nouns = ["images": "image", "annotations": "annotation", "categories": "category"]
    return "\(nouns[list] ?? what) \(number) (counted from 0)"
  }

  /// ` in "bbox"`, where the path leads to a field.
  private static func field(_ context: DecodingError.Context) -> String {
    guard let name = context.codingPath.last(where: { $0.intValue == nil })?.stringValue else {
      return ""
    }
    return " in \"\(name)\""
  }
}

/// A box as COCO files state it: left, top, width, height in pixels.
struct COCOBox: Sendable, Decodable {
  var x, y, width, height: Double

  init(from decoder: any Decoder) throws {
    let values = try decoder.singleValueContainer().decode([Double].self)
    guard values.count == 4 else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "expected 4 numbers, not \(values.count)"))
    }
    (x, y, width, height) = (values[0], values[1], values[2], values[3])
  }
}

extension String {
  fileprivate var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
