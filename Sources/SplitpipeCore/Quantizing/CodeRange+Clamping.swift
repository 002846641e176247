/// What was met while codes were written.
package struct CodingTally: Sendable {
  /// Values outside the range.
  package var clamped = 0
  /// False if a value is a NaN or an infinity; the codes mean nothing then.
  package var isFinite = true

  package init() {}

  package mutating func add(_ other: CodingTally) {
    clamped += other.clamped
    isFinite = isFinite && other.isFinite
  }
}

extension CodeRange {
  /// Writes codes as `writeCodes(of:levels:to:)` does, of any values, and says what they were.
  ///
  /// - Precondition: the range's width is finite; `codes` has room.
  package func writeClampedCodes(
    of values: UnsafeBufferPointer<Float>, levels: Int,
    to codes: UnsafeMutableBufferPointer<UInt8>
  ) -> CodingTally {
    unsafe writeCodes(of: values, levels: levels, to: codes) { _, _, nearest in nearest }
  }

  /// Writes one code per value, the previous one while the value, in steps above the minimum, is
  /// less than `reach` away from it, and else as `writeClampedCodes(of:levels:to:)` does.
  ///
  /// - Precondition: the range's width is finite; `previous` holds a code below `levels` for each
  ///   value; `codes` has room.
  package func writeStickyCodes(
    of values: UnsafeBufferPointer<Float>, levels: Int, previous: UnsafeBufferPointer<UInt8>,
    reach: Float, to codes: UnsafeMutableBufferPointer<UInt8>
  ) -> CodingTally {
    precondition(values.count <= previous.count, "there is a code before for each value")
    return unsafe writeCodes(of: values, levels: levels, to: codes) { index, position, nearest in
      let last = unsafe Float(previous[index])
      let distance = position - last
      return (distance < 0 ? -distance : distance) < reach ? last : nearest
    }
  }

  /// One pass without a branch on the data, which the compiler vectorises. `choose` takes the place
  /// of a value, the value in steps above the minimum, and the same limited to the codes there are;
  /// it returns what is rounded.
  @inline(__always)
  private func writeCodes(
    of values: UnsafeBufferPointer<Float>, levels: Int,
    to codes: UnsafeMutableBufferPointer<UInt8>,
    choose: (_ index: Int, _ position: Float, _ nearest: Float) -> Float
  ) -> CodingTally {
    precondition(values.count <= codes.count, "there is room for a code per value")
    let (minimum, maximum) = (minimum, maximum)
    guard width > 0 else { return unsafe writeConstant(values, to: codes) }
    let steps = CodeSteps(self, levels: levels)
    let exponentBits: UInt32 = 0x7F80_0000
    var clamped: UInt32 = 0
    var notFinite: UInt32 = 0
    for index in 0..<values.count {
      let x = unsafe values[index]
      let position = steps.position(of: x)
      let chosen = choose(index, position, steps.limited(position))
      unsafe codes[index] = steps.code(at: chosen)
      clamped &+= x < minimum ? 1 : 0
      clamped &+= x > maximum ? 1 : 0
      notFinite |= x.bitPattern & exponentBits == exponentBits ? 1 : 0
    }
    var tally = CodingTally()
    tally.clamped = Int(clamped)
    tally.isFinite = notFinite == 0
    return tally
  }

  /// A range of one value has one code.
  private func writeConstant(
    _ values: UnsafeBufferPointer<Float>, to codes: UnsafeMutableBufferPointer<UInt8>
  ) -> CodingTally {
    unsafe codes[..<values.count].initialize(repeating: 0)
    var tally = CodingTally()
    for index in 0..<values.count {
      let x = unsafe values[index]
      tally.clamped += x == minimum ? 0 : 1
      tally.isFinite = tally.isFinite && x.isFinite
    }
    return tally
  }
}
