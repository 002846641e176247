import SplitpipeCore

/// Class names as Ultralytics notes them in a model: a Python dictionary from number to name
/// (`{0: 'person', 1: "traffic light"}`) or a list of names.
///
/// - Returns: nil for text that is neither, as other exporters may use the key for something else.
/// - Throws: `badData` where it begins like one and is damaged, or the numbers are not 0, 1, 2, …
func classNames(inMetadata text: String) throws(SplitpipeError) -> [String]? {
  var parser = LiteralParser(text)
  if parser.take("{") { return try parser.names(until: "}", numbered: true) }
  if parser.take("[") { return try parser.names(until: "]", numbered: false) }
  return nil
}

/// Reads the few forms of Python literals that occur; nothing is evaluated.
private struct LiteralParser {
  private let text: [Character]
  private var position = 0

  init(_ text: String) { self.text = Array(text) }

  mutating func take(_ wanted: Character) -> Bool {
    while position < text.count, text[position].isWhitespace { position += 1 }
    guard position < text.count, text[position] == wanted else { return false }
    position += 1
    return true
  }

  mutating func names(until end: Character, numbered: Bool) throws(SplitpipeError) -> [String] {
    var names: [String] = []
    while !take(end) {
      if !names.isEmpty, !take(",") { throw damaged }
      if take(end) { break }
      if numbered {
        guard number() == names.count, take(":") else { throw damaged }
      }
      names.append(try string())
    }
    return names
  }

  /// A number, which JSON puts in quotes.
  private mutating func number() -> Int? {
    let quote = ["'", "\""].first { take($0) }
    _ = take(" ")
    var digits = ""
    while position < text.count, text[position].isASCII, text[position].isNumber {
      digits.append(text[position])
      position += 1
    }
    if let quote, !take(quote) { return nil }
    return Int(digits)
  }

  private mutating func string() throws(SplitpipeError) -> String {
    guard let quote: Character = ["'", "\""].first(where: { take($0) }) else { throw damaged }
    var result = ""
    while position < text.count, text[position] != quote {
      if text[position] == "\\" { position += 1 }
      guard position < text.count else { break }
      result.append(text[position])
      position += 1
    }
    guard take(quote) else { throw damaged }
    return result
  }

  private var damaged: SplitpipeError {
    SplitpipeError(
      .badData,
      "the class names in the model's metadata are damaged near character \(position), expected "
        + "{0: 'name', 1: 'name', …}")
  }
}
