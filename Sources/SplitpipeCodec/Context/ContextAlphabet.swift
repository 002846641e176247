import SplitpipeCore

/// How a code of 2 to 8 bits becomes one or two symbols.
///
/// Up to 4 bits a code is one symbol. Above, the 4 most significant bits are the first symbol and
/// the rest the second, so that no table has rows of more than 16 symbols.
struct ContextAlphabet: Sendable, Equatable {
  let bits: Int

  init(_ depth: BitDepth) { bits = depth.bits }

  /// Bits of the second symbol; 0 if there is none.
  var lowBits: Int { max(0, bits - 4) }
  /// Number of first symbols, S: 4, 8 or 16.
  var symbols: Int { 1 << min(bits, 4) }
  /// Number of second symbols.
  var lowSymbols: Int { 1 << lowBits }
  /// Slots of a row of the first symbol.
  var slots: Int { Self.slots(symbols) }
  /// Slots of a row of the second symbol; 0 if there is none.
  var lowSlots: Int { lowBits == 0 ? 0 : Self.slots(lowSymbols) }
  /// The places between codes where an expected value may lie, eight per first symbol.
  var means: Int { 8 * symbols }

  static func slots(_ symbols: Int) -> Int { symbols > 8 ? 16 : 8 }
}
