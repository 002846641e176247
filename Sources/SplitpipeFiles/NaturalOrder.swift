/// Whether a name comes before another as a person orders them: numbers in names by their value, so
/// that `2.png` precedes `10.png`; all else byte by byte, as names of one length of number always are.
///
/// - Parameters:
///   - left: a name or path.
///   - right: another.
/// - Returns: false for equal names.
package func precedesNaturally(_ left: String, _ right: String) -> Bool {
  var (a, b) = (Array(left.utf8)[...], Array(right.utf8)[...])
  while let first = a.first, let second = b.first {
    if isDigit(first), isDigit(second) {
      let (one, other) = (a.prefix(while: isDigit), b.prefix(while: isDigit))
      let (x, y) = (one.drop { $0 == zero }, other.drop { $0 == zero })
      if x.count != y.count { return x.count < y.count }
      if !x.elementsEqual(y) { return x.lexicographicallyPrecedes(y) }
      a = a.dropFirst(one.count)
      b = b.dropFirst(other.count)
    } else {
      if first != second { return first < second }
      a = a.dropFirst()
      b = b.dropFirst()
    }
  }
  if a.isEmpty != b.isEmpty { return a.isEmpty }
  // Nothing but zeros before numbers differs.
  return left.utf8.lexicographicallyPrecedes(right.utf8)
}

private let zero = UInt8(ascii: "0")

private func isDigit(_ byte: UInt8) -> Bool { (zero...UInt8(ascii: "9")).contains(byte) }
