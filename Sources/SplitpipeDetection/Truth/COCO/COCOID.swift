import SplitpipeCore

/// The id of an image, a category or an annotation of a COCO file: a whole number, or a text, which
/// some programs write.
package struct COCOID: Hashable, Sendable {
  /// As the file has it, without quotes.
  package let text: String
  private let isNumber: Bool

  package init(_ number: Int) {
    text = String(number)
    isNumber = true
  }

  package init(_ text: String) {
    self.text = text
    isNumber = false
  }

  /// The number that it is, or is the text of.
  package var number: Int? { Int(text) }

  /// `"7"` and `7` are the same: files about the same images differ in that.
  package static func == (left: COCOID, right: COCOID) -> Bool { left.text == right.text }

  package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension COCOID: Comparable {
  /// Numbers by size and before texts, texts by letters: Python's order, which decides between equal
  /// scores in COCOeval.
  package static func < (left: COCOID, right: COCOID) -> Bool {
    switch (left.isNumber ? left.number : nil, right.isNumber ? right.number : nil) {
    case (let left?, let right?): left < right
    case (nil, nil): left.text.unicodeScalars.lexicographicallyPrecedes(right.text.unicodeScalars)
    case (let left, _): left != nil
    }
  }
}

extension COCOID: CustomStringConvertible {
  package var description: String { isNumber ? text : "\"\(text)\"" }
}

extension COCOID: Codable {
  package init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(Int.self) {
      self.init(number)
    } else if let text = try? value.decode(String.self) {
      self.init(text)
    } else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath, debugDescription: "expected a whole number or a text"))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    if isNumber, let number { try value.encode(number) } else { try value.encode(text) }
  }
}
