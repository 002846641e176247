import SplitpipeCore

/// Where the rows of one plane's tables are, for key frames or for the frames between.
///
/// Offsets and strides count slots (16-bit words) in one array that holds the rows of all planes.
struct ContextTables: Sendable, Equatable {
  /// Rows A of the first symbol: member, expected value, energy.
  let first: Int
  /// Slots of one channel's rows B of the first symbol.
  let classStride: Int
  /// Rows B of the first symbol: class, then the expected value (key frames) or the code of the
  /// frame before, how far from it the expected value is, and energy.
  let second: Int
  /// Rows A of the second symbol: member, place of the expected value, energy.
  let lowFirst: Int
  /// Rows B of the second symbol.
  let lowSecond: Int
  let lowClassStride: Int
  let end: Int

  /// Thresholds on the energy around, so many + 1 classes.
  static let energyClasses = 6
  /// Where the expected value may lie from the first symbol's cell: below, 8 within, above.
  static let lowPlaces = 10

  /// How far an expected value is from the code before, in quarters: −3…3.
  static let changes = 7
  static let largestChange = 3
  /// Classes of energy, two by two, that rows B tell apart between key frames.
  static let energyPairs = 3
  /// Rows B of one code before.
  static let rowsPerCode = changes * energyPairs

  init(at start: Int, plane: ContextArrangement.Plane, alphabet: ContextAlphabet, isKey: Bool) {
    let symbols = alphabet.symbols
    first = start
    second =
      first + plane.members.count * alphabet.means * Self.energyClasses * alphabet.slots
    classStride = symbols * (isKey ? 2 : Self.rowsPerCode) * alphabet.slots
    lowFirst = second + plane.classes * classStride
    lowSecond =
      lowFirst + plane.members.count * Self.lowPlaces * Self.energyClasses * alphabet.lowSlots
    lowClassStride = (isKey ? symbols : alphabet.lowSymbols + 2) * alphabet.lowSlots
    end = lowSecond + plane.classes * lowClassStride
  }

  /// Appends the rows that every key frame starts from, in the order of the offsets.
  static func appendStart(
    to rows: inout [UInt16], plane: ContextArrangement.Plane, alphabet: ContextAlphabet, isKey: Bool
  ) {
    let start = ContextStart.of(alphabet)
    for _ in plane.members { rows += start.member }
    let channel = isKey ? start.channelOfKey : start.channelOfDelta
    for _ in 0..<plane.classes { rows += channel }
    guard alphabet.lowBits > 0 else { return }
    let flat = ContextRow.flat(symbols: alphabet.lowSymbols)
    let around = isKey ? alphabet.symbols : alphabet.lowSymbols + 2
    let count = plane.members.count * lowPlaces * energyClasses + plane.classes * around
    for _ in 0..<count { rows += flat }
  }
}

/// The rows of first symbols that tables start from, made once.
private struct ContextStart: Sendable {
  /// Rows A of a member.
  let member: [UInt16]
  /// Rows B of a channel, in key frames and between them.
  let channelOfKey: [UInt16]
  let channelOfDelta: [UInt16]

  static func of(_ alphabet: ContextAlphabet) -> ContextStart {
    all[min(alphabet.bits, 5) - 2]
  }

  /// Those of 2, 3, 4, and of 5 to 8 bits, whose first symbols are the same.
  private static let all = (2...5).compactMap(BitDepth.init).map {
    ContextStart(ContextAlphabet($0))
  }

  private init(_ alphabet: ContextAlphabet) {
    let symbols = alphabet.symbols
    // The middle of a cell lies half a second symbol's span above its lower edge.
    let middle = alphabet.lowBits > 0 ? 4 : 0
    func row(around mean: Int) -> [UInt16] { ContextRow.start(symbols: symbols, around: mean) }
    member = (0..<alphabet.means).flatMap { mean in
      repeatElement(row(around: mean - middle), count: ContextTables.energyClasses).flatMap { $0 }
    }
    channelOfKey = (0..<2 * symbols).flatMap { row(around: 4 * $0 + 2 - middle) }
    channelOfDelta = (0..<symbols).flatMap { symbol in
      repeatElement(row(around: 8 * symbol), count: ContextTables.rowsPerCode)
        .flatMap { $0 }
    }
  }
}

/// A row: how often a symbol was seen in one context, as cumulative probabilities.
///
/// Slot 0 counts the symbols seen, up to 96. Slot i holds 65536 times the probability of a symbol
/// below i; slots from the number of symbols on hold 65535 for ever.
enum ContextRow {
  /// 65536 times `0.02 + 0.5 · exp(−3 d / 8)`, rounded, for a distance of d eighths of a code.
  static let weights: [Int] = [
    34079, 23832, 16789, 11949, 8622, 6336, 4764, 3684, 2942, 2432, 2081, 1840, 1675, 1561, 1483,
    1429, 1392, 1367, 1349, 1337, 1329, 1323, 1319, 1317, 1315, 1313, 1313, 1312, 1312, 1311,
  ]

  /// A row that expects a symbol near a value given in eighths.
  static func start(symbols: Int, around mean: Int) -> [UInt16] {
    row((0..<symbols).map { weights[min(abs(8 * $0 - mean), weights.count - 1)] })
  }

  /// A row that expects every symbol alike.
  static func flat(symbols: Int) -> [UInt16] { row([Int](repeating: 1, count: symbols)) }

  private static func row(_ weights: [Int]) -> [UInt16] {
    let total = weights.reduce(0, +)
    var row = [UInt16](repeating: 65535, count: ContextAlphabet.slots(weights.count))
    var below = 0
    for (symbol, weight) in weights.enumerated() {
      row[symbol] = UInt16(65536 * below / total)
      below += weight
    }
    return row
  }
}
