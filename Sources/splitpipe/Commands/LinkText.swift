import SplitpipeCore
import SplitpipeStages

/// The rate of a link as people write it.
///
/// - Throws: `usage` for anything else.
func linkRate(_ text: String) throws -> LinkRate {
  guard let rate = LinkRate(text) else {
    throw SplitpipeError(
      .usage, "--link takes rates such as 20Mbit/s or 500kbit/s, not \"\(text)\"")
  }
  return rate
}

/// Seconds, as `20ms`, `0.02s` or a number of seconds, up to a minute.
///
/// - Throws: `usage` for anything else.
func duration(_ text: String, option: String) throws -> Double {
  let (digits, unit) =
    text.hasSuffix("ms")
    ? (text.dropLast(2), 1e-3) : text.hasSuffix("s") ? (text.dropLast(), 1) : (text[...], 1)
  guard let number = Double(digits), (0...60).contains(number * unit) else {
    throw SplitpipeError(
      .usage, "\(option) is a time such as 20ms or 0.02s, not \"\(text)\"")
  }
  return number * unit
}
