/// What a group of sixteen channels is expected to be, learnt while coding.
///
/// A linear predictor per channel corrects a fixed expectation. Its inputs are what the up to 48
/// channels before the group turned out to be at the same position, against their own fixed
/// expectation, and differences around the channel itself. The weights move by the error times the
/// input (least mean squares; Widrow and Hoff 1960), in integers. All values are in eighths of a
/// first symbol.
@unsafe struct ContextPredictor {
  private typealias Lanes = SIMD16<Int16>

  /// This plane's weights, 2^14 for 1: group, input, lane.
  let weights: UnsafeMutablePointer<Int16>
  /// What each channel of the position turned out to be, against the fixed expectation.
  let residuals: UnsafeMutablePointer<Int16>
  /// The last group's differences: input, lane.
  let differences: UnsafeMutablePointer<Int16>
  /// How many there are.
  let around: Int

  /// The correction of the fixed expectation of each lane.
  @inline(__always)
  func correction(_ group: Int) -> SIMD16<Int32> {
    let first = max(0, 16 &* group &- ContextWeights.reach)
    var row = unsafe UnsafeRawPointer(weights + group &* ContextWeights.groupSize)
    var sum = SIMD16<Int32>(repeating: 8192)
    for channel in first..<16 &* group {
      let input = unsafe Int32(residuals[channel])
      let weight = unsafe row.loadUnaligned(as: Lanes.self)
      sum &+= SIMD16<Int32>(truncatingIfNeeded: weight) &* input
      unsafe row += 32
    }
    for input in unsafe 0..<around {
      let values = unsafe UnsafeRawPointer(differences + 16 &* input).loadUnaligned(as: Lanes.self)
      let weight = unsafe row.loadUnaligned(as: Lanes.self)
      sum &+=
        SIMD16<Int32>(truncatingIfNeeded: weight) &* SIMD16<Int32>(truncatingIfNeeded: values)
      unsafe row += 32
    }
    return sum &>> 14
  }

  /// Moves the weights of a group by its errors.
  ///
  /// Errors lie within the limit; slowness is the binary logarithm of how much slower than usual.
  @inline(__always)
  func learn(_ group: Int, _ errors: SIMD16<Int16>, slowness: Int) {
    let first = max(0, 16 &* group &- ContextWeights.reach)
    var power = 0
    for channel in first..<16 &* group {
      let input = unsafe Int(residuals[channel])
      power &+= input &* input
    }
    // Steps that are too long for strong inputs would not settle.
    var shift = slowness
    while power > 2048 {
      power &>>= 1
      shift &+= 1
    }
    let steps = Lanes(repeating: Int16(shift))
    var row = unsafe UnsafeMutableRawPointer(weights + group &* ContextWeights.groupSize)
    for channel in first..<16 &* group {
      let input = unsafe Lanes(repeating: residuals[channel])
      unsafe Self.move(row, ContextWeights.scaled(errors &* input, steps))
      unsafe row += 32
    }
    for input in unsafe 0..<around {
      let values = unsafe UnsafeRawPointer(differences + 16 &* input).loadUnaligned(as: Lanes.self)
      unsafe Self.move(row, ContextWeights.scaled(errors &* values, steps))
      unsafe row += 32
    }
  }

  @inline(__always)
  private static func move(_ weights: UnsafeMutableRawPointer, _ step: Lanes) {
    let old = unsafe SIMD16<Int32>(truncatingIfNeeded: weights.loadUnaligned(as: Lanes.self))
    let new = (old &+ SIMD16<Int32>(truncatingIfNeeded: step)).clamped(
      lowerBound: SIMD16(repeating: -32768), upperBound: SIMD16(repeating: 32767))
    unsafe weights.storeBytes(of: Lanes(truncatingIfNeeded: new), as: Lanes.self)
  }
}

/// Sizes and arithmetic of the predictors.
enum ContextWeights {
  /// Channels before a group that a predictor looks at.
  static let reach = 48
  /// Differences around a channel that it looks at, at most: this many between key frames.
  static let around = 10
  /// This many in key frames.
  static let aroundInKey = 6
  /// Numbers of 16 bits that a group's weights take: inputs by lanes.
  static let groupSize = (reach + around) * 16
  /// Inputs and errors lie within this of 0.
  static let limit = 32

  /// A value brought within the limit.
  @inline(__always)
  static func clipped(_ value: Int) -> Int16 {
    Int16(truncatingIfNeeded: max(-limit, min(limit, value)))
  }

  /// A product divided by a power of two and rounded towards 0.
  @inline(__always)
  static func scaled(_ product: SIMD16<Int16>, _ steps: SIMD16<Int16>) -> SIMD16<Int16> {
    let sign = product &>> 15
    return ((((product ^ sign) &- sign) &>> steps) ^ sign) &- sign
  }
}
