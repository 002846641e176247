/// Two tensors' values side by side, in one vectorised pass.
struct ValueComparison {
  /// Maximum less minimum of the new values.
  let span: Float
  /// Maximum less minimum of new value less old value.
  let differenceSpan: Float
  /// Values that are equal.
  let equal: Int

  /// - Precondition: equally many values.
  init(_ old: [Float], _ new: [Float]) {
    precondition(old.count == new.count, "tensors of one shape are compared")
    var values = Extremes()
    var differences = Extremes()
    var equal = 0
    unsafe old.withUnsafeBytes { old in
      unsafe new.withUnsafeBytes { new in
        let whole = old.count & ~31
        var counts = SIMD8<Int32>(repeating: 0)
        for offset in stride(from: 0, to: whole, by: 32) {
          let x = unsafe new.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
          let y = unsafe old.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
          values.include(x)
          differences.include(x - y)
          counts.replace(with: counts &+ 1, where: x .== y)
        }
        equal = (0..<8).reduce(0) { $0 + Int(counts[$1]) }
        for offset in stride(from: whole, to: old.count, by: 4) {
          let x = unsafe new.loadUnaligned(fromByteOffset: offset, as: Float.self)
          let y = unsafe old.loadUnaligned(fromByteOffset: offset, as: Float.self)
          values.include(SIMD8(repeating: x))
          differences.include(SIMD8(repeating: x - y))
          equal += x == y ? 1 : 0
        }
      }
    }
    span = values.span
    differenceSpan = differences.span
    self.equal = equal
  }
}

private struct Extremes {
  private var low = SIMD8<Float>(repeating: .infinity)
  private var high = SIMD8<Float>(repeating: -.infinity)

  @inline(__always)
  mutating func include(_ values: SIMD8<Float>) {
    low.replace(with: values, where: values .< low)
    high.replace(with: values, where: values .> high)
  }

  /// Zero if nothing was included.
  var span: Float { max(0, high.max() - low.min()) }
}

/// The number of positions at which both hold the same byte.
///
/// - Precondition: equally many bytes.
func equalBytes(_ left: [UInt8], _ right: [UInt8]) -> Int {
  precondition(left.count == right.count, "tensors of one shape are compared")
  return unsafe left.withUnsafeBytes { left in
    unsafe right.withUnsafeBytes { right in
      var total = 0
      var start = 0
      while start < left.count {
        // A byte of the counter holds 255 steps of 16 bytes.
        let end = min(start + 255 * 16, left.count)
        let whole = start + (end - start) & ~15
        var counts = SIMD16<UInt8>(repeating: 0)
        for offset in stride(from: start, to: whole, by: 16) {
          let x = unsafe left.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
          let y = unsafe right.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
          counts.replace(with: counts &+ 1, where: x .== y)
        }
        for lane in 0..<16 { total += Int(counts[lane]) }
        for offset in whole..<end { total += unsafe left[offset] == right[offset] ? 1 : 0 }
        start = end
      }
      return total
    }
  }
}
