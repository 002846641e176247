/// A number as JSON writes it.
struct JSONNumber {
  private let text: ArraySlice<UInt8>
  private var negative = false
  /// The digits without point, as long as they fit exactly.
  private var digits: UInt64 = 0
  private var digitCount = 0
  private var exponent = 0
  private var whole = true
  /// Whether the text is a number at all.
  private(set) var isNumber = false

  /// Powers of ten that a double holds exactly.
  private static let powers: [Double] = (0...22).map { power in
    (0..<power).reduce(1.0) { product, _ in product * 10 }
  }

  init(_ text: ArraySlice<UInt8>) {
    self.text = text
    var index = text.startIndex
    func byte() -> UInt8 { index < text.endIndex ? text[index] : 0 }
    if byte() == UInt8(ascii: "-") {
      negative = true
      index += 1
    }
    let first = byte()
    let integerDigits = takeDigits(&index)
    guard integerDigits > 0, integerDigits == 1 || first != 0x30 else { return }
    if byte() == UInt8(ascii: ".") {
      whole = false
      index += 1
      let count = takeDigits(&index)
      guard count > 0 else { return }
      exponent = -count
    }
    if byte() | 0x20 == UInt8(ascii: "e") {
      whole = false
      index += 1
      let minus = byte() == UInt8(ascii: "-")
      if minus || byte() == UInt8(ascii: "+") { index += 1 }
      guard index < text.endIndex else { return }
      var value = 0
      while index < text.endIndex {
        guard (0x30...0x39).contains(text[index]) else { return }
        value = min(value * 10 + Int(text[index] & 15), 100_000)
        index += 1
      }
      exponent += minus ? -value : value
    }
    isNumber = index == text.endIndex
  }

  private mutating func takeDigits(_ index: inout Int) -> Int {
    let start = index
    while index < text.endIndex, (0x30...0x39).contains(text[index]) {
      if digitCount < 19 { digits = digits * 10 + UInt64(text[index] & 15) }
      if digits > 0 || digitCount > 0 { digitCount += 1 }
      index += 1
    }
    return index - start
  }

  /// The nearest double; nil for what is no number.
  var double: Double? {
    guard isNumber else { return nil }
    // Exact factors give a correctly rounded product (Clinger 1990); the rest is rare.
    if digitCount <= 19, digits <= 1 << 53, abs(exponent) <= 22 {
      let power = Self.powers[abs(exponent)]
      let value = exponent < 0 ? Double(digits) / power : Double(digits) * power
      return negative ? -value : value
    }
    return Double(String(decoding: text, as: UTF8.self))
  }

  /// The value if it is whole and fits; nil otherwise.
  var integer: Int? {
    guard isNumber else { return nil }
    if whole, digitCount <= 18 { return negative ? -Int(digits) : Int(digits) }
    if whole { return Int(String(decoding: text, as: UTF8.self)) }
    return double.flatMap { Int(exactly: $0) }
  }
}
