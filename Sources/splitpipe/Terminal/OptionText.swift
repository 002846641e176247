import SplitpipeCore

/// The share of `10%` or `0.1`.
///
/// - Throws: `usage` for any other text, and where it is not between nothing and all.
func percentage(_ text: String, option: String) throws -> Double {
  let number =
    text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
  guard let number, number > 0, number < 1 else {
    throw SplitpipeError(
      .usage, "\(option) is a share between 0 and 100 %, such as 10%, not \"\(text)\"")
  }
  return number
}

/// One of a few words.
///
/// - Throws: `usage` for any other.
func choice<Choice: RawRepresentable<String> & CaseIterable>(
  _ word: String, option: String
) throws -> Choice {
  guard let choice = Choice(rawValue: word) else {
    let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    throw SplitpipeError(.usage, "\(option) is one of \(all), not \"\(word)\"")
  }
  return choice
}
