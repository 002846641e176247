import SplitpipeCore

/// The numbers of `2,3,5-8`.
///
/// - Throws: `usage` for any other text.
func numberList(_ text: String, option: String) throws -> [Int] {
  try text.split(separator: ",").flatMap { part -> [Int] in
    let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    if ends.count == 1, let number = ends[0] { return [number] }
    if ends.count == 2, let first = ends[0], let last = ends[1], first <= last, last < 1000 {
      return Array(first...last)
    }
    throw SplitpipeError(
      .usage,
      "\(option) takes numbers and ranges separated by commas, such as 2,4-8, not \"\(text)\"")
  }
}

/// The quantized bit depths of `2,3,5-8`.
///
/// - Throws: `usage` for any other text, for a number outside 2 to 8, and for none.
func bitDepths(_ text: String, option: String) throws -> [BitDepth] {
  let depths = try numberList(text, option: option).map { number in
    guard let bits = BitDepth(number), bits.isQuantized else {
      throw SplitpipeError(.usage, "\(option) takes widths of 2 to 8 bits, not \(number)")
    }
    return bits
  }
  guard !depths.isEmpty else {
    throw SplitpipeError(.usage, "\(option) takes at least one width of 2 to 8 bits")
  }
  return depths
}

/// Names separated by commas, each once.
///
/// - Throws: `usage` where there is none.
func nameList(_ text: String, option: String) throws -> [String] {
  let names = text.split(separator: ",").map(String.init).uniqued()
  guard !names.isEmpty else {
    throw SplitpipeError(.usage, "\(option) takes names separated by commas, not \"\(text)\"")
  }
  return names
}
