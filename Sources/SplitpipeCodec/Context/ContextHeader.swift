/// The first byte of a frame's bytes.
///
/// Bit 0: groups may be skipped. Bits 1 and 2: binary logarithm of the number of rANS states, 0…2.
/// Bit 3: the codes are those of the frame before and nothing follows. The rest is 0.
struct ContextHeader: Equatable {
  var usesSkip = false
  var lanes = 4
  var isUnchanged = false

  init(usesSkip: Bool, lanes: Int) {
    self.usesSkip = usesSkip
    self.lanes = lanes
  }

  static let unchanged: UInt8 = 8

  var byte: UInt8 {
    isUnchanged ? Self.unchanged : (usesSkip ? 1 : 0) | UInt8(lanes.trailingZeroBitCount) << 1
  }

  /// nil for a byte that no frame starts with.
  init?(_ byte: UInt8) {
    isUnchanged = byte == Self.unchanged
    guard isUnchanged || byte < 6 else { return nil }
    usesSkip = byte & 1 != 0
    lanes = 1 << Int((byte & 6) >> 1)
  }
}
