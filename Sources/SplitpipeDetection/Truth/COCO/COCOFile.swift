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
  /// Python writes `NaN` and `Infinity`, which are no JSON. They are read, so that a file is refused
  /// only where one of them stands for a number that counts.
  ///
  /// - Throws: `badData` naming the element and the field.
  static func decode<Value: Decodable>(
    _ type: Value.Type, _ bytes: [UInt8], elements what: String = "element"
  ) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    do {
      return try decoder.decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      guard let quoted = quotingNonNumbers(in: bytes) else {
        throw SplitpipeError(.badData, sentence(error, what))
      }
      do {
        return try decoder.decode(type, from: Data(quoted))
      } catch let error as DecodingError {
        throw SplitpipeError(.badData, sentence(error, what))
      }
    }
  }

  /// What is said of an element with a number that is none.
  static func notFinite(_ what: String, _ number: Int) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "\(what) \(number) (counted from 0) has NaN or Infinity where a number is expected; whatever "
        + "wrote the file had no number there")
  }

  /// The text with `NaN`, `Infinity` and `-Infinity` in quotes; nil where there is none outside of
  /// quotes.
  private static func quotingNonNumbers(in bytes: [UInt8]) -> [UInt8]? {
    let words = ["NaN", "-Infinity", "Infinity"].map { Array($0.utf8) }
    var quoted: [UInt8] = []
    var (copied, index, isInText) = (0, 0, false)
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        isInText.toggle()
      } else if isInText {
        if byte == UInt8(ascii: "\\") { index += 1 }
      } else if let word = words.first(where: { bytes[index...].starts(with: $0) }) {
        quoted += bytes[copied..<index]
        quoted += [UInt8(ascii: "\"")] + word + [UInt8(ascii: "\"")]
        index += word.count
        copied = index
        continue
      }
      index += 1
    }
    return copied == 0 ? nil : quoted + bytes[copied...]
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
      let problem = "\(context.debugDescription.withoutFullStop) (expected whole, valid JSON"
      // Python reads numbers that are too large, so that it would find nothing wrong.
      return context.debugDescription.contains("represent")
        ? problem + ")" : problem + "; `python3 -m json.tool` names the line)"
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

  init(x: Double, y: Double, width: Double, height: Double) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  var isFinite: Bool { [x, y, width, height].allSatisfy(\.isFinite) }

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

/// An outline as COCO files state it: polygons, each x, y, x, y, … in pixels.
struct COCOOutline: Sendable, Decodable {
  /// The box around it.
  let box: COCOBox

  init(from decoder: any Decoder) throws {
    let polygons: [[Double]]
    do {
      polygons = try decoder.singleValueContainer().decode([[Double]].self)
    } catch {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "there is no \"bbox\", and the outline is no list of polygons, around "
            + "which one could be drawn"))
    }
    guard polygons.contains(where: { !$0.isEmpty }),
      polygons.allSatisfy({ $0.count.isMultiple(of: 2) })
    else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "there is no \"bbox\", and the outline has no points, two numbers each")
      )
    }
    let points = polygons.flatMap { $0 }
    let across = stride(from: 0, to: points.count, by: 2).map { points[$0] }
    let down = stride(from: 1, to: points.count, by: 2).map { points[$0] }
    let (left, top) = (across.min() ?? 0, down.min() ?? 0)
    box = COCOBox(
      x: left, y: top, width: (across.max() ?? 0) - left, height: (down.max() ?? 0) - top)
    guard points.allSatisfy(\.isFinite) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "the outline has NaN or Infinity where a number is expected"))
    }
  }
}

extension String {
  fileprivate var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
