import Glibc
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeCodec

/// Every instruction set gives the bits of the plain formula.
struct QuantizerKernelTests {
  private func codes(
    _ values: [Float], _ range: CodeRange, _ levels: Int, _ vectors: VectorSet
  ) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: values.count) { codes, count in
      unsafe values.withUnsafeBufferPointer {
        unsafe range.writeCodes(of: $0, levels: levels, to: codes, vectors: vectors)
      }
      count = values.count
    }
  }

  private func formula(_ value: Float, _ range: CodeRange, _ levels: Int) -> UInt8 {
    let held = min(max(value, range.minimum), range.maximum)
    let quotient = (held - range.minimum) / (range.maximum - range.minimum)
    return UInt8((quotient * Float(levels - 1)).rounded(.toNearestOrEven))
  }

  private func check(_ values: [Float], _ range: CodeRange, _ note: String) {
    for bits in 2...8 {
      let expected = values.map { formula($0, range, 1 << bits) }
      for vectors in VectorSet.available {
        let found = codes(values, range, 1 << bits, vectors)
        #expect(found == expected, "\(vectors), \(bits) bits, \(range), \(note)")
      }
    }
  }

  /// Values at, and a few steps of float32 beside, the places where codes change.
  private func nearTies(_ range: CodeRange) -> [Float] {
    let span = range.maximum - range.minimum
    var values: [Float] = []
    for bits in 2...8 {
      for code in 0..<(1 << bits - 1) {
        var value = (Float(code) + 0.5) / Float(1 << bits - 1) * span + range.minimum
        for _ in 0..<3 { value = value.nextDown }
        for _ in 0..<7 {
          values.append(min(max(value, range.minimum), range.maximum))
          value = value.nextUp
        }
      }
    }
    return values
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `codes near every tie are those of the formula`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    // Widths over all of float32's exponents, half of them near 1; and bounds of any sign.
    let exponent =
      seed % 2 == 0
      ? Int.random(in: -3...6, using: &generator)
      : Int.random(in: -149...127, using: &generator)
    let significand = Float.random(in: 1..<2, using: &generator)
    let span = Float(sign: .plus, exponent: exponent, significand: significand)
    let low = [0, -span / 2, span / 3, -span][Int(seed / 2 % 4)]
    let range = CodeRange(minimum: low, maximum: low + span)
    guard range.maximum.isFinite, range.maximum > range.minimum else { return }
    check(nearTies(range), range, "seed \(seed)")
  }

  @Test(
    arguments: [
      (0, 0x1.fffffep0), (0, 0x1.fffffcp63), (-1, 0x1p-23), (0, 0x1p-64), (0, 0x1.fffffep-65),
      (0, 0x1.fffffep64), (0, 0x1p65), (0, 0x1p-149), (0, 0x1.fffffep127), (-0x1p126, 0x1p126),
      (0, 0x1p-126), (1, 1.0000001),
    ] as [(Float, Float)])
  func `codes at the ends of exponents and significands are those of the formula`(
    low: Float, high: Float
  ) {
    let range = CodeRange(minimum: low, maximum: high)
    check(nearTies(range) + [low, high, low.nextUp, high.nextDown], range, "")
  }

  @Test(arguments: [0, 1, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 1000])
  func `no count of values is special, and nothing is written past them`(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    let values = generator.values(count)
    let range = CodeRange(minimum: -0.75, maximum: 1.5)
    for vectors in VectorSet.available {
      var written = [UInt8](repeating: 0xEE, count: count + 64)
      unsafe values.withUnsafeBufferPointer { values in
        unsafe written.withUnsafeMutableBufferPointer {
          unsafe range.writeCodes(of: values, levels: 8, to: $0, vectors: vectors)
        }
      }
      // Some of the values lie outside this range: they are held at its ends.
      #expect(Array(written[..<count]) == values.map { formula($0, range, 8) }, "\(vectors)")
      #expect(written[count...].allSatisfy { $0 == 0xEE }, "\(vectors)")

      let codes = Array(written[..<count])
      var restored = [Float](repeating: 99, count: count + 64)
      unsafe codes.withUnsafeBufferPointer { codes in
        unsafe restored.withUnsafeMutableBufferPointer {
          unsafe range.writeValues(of: codes, levels: 8, to: $0, vectors: vectors)
        }
      }
      #expect(Array(restored[..<count]) == codes.map { Float($0) / 7 * 2.25 - 0.75 })
      #expect(restored[count...].allSatisfy { $0 == 99 }, "\(vectors)")
    }
  }

  @Test func `every code of every depth is restored as by the formula`() {
    var generator = SeededGenerator(seed: 5)
    let bytes = (0...255).map { UInt8($0) }
    for bits in 2...8 {
      for _ in 0..<50 {
        let low = Float.random(in: -100...100, using: &generator)
        let high = low + Float.random(in: 0...1000, using: &generator)
        let top = Float(1 << bits - 1)
        let expected = bytes.map { Float($0) / top * (high - low) + low }
        for vectors in VectorSet.available {
          let found = unsafe [Float](unsafeUninitializedCapacity: 256) { values, count in
            unsafe bytes.withUnsafeBufferPointer {
              unsafe CodeRange(minimum: low, maximum: high).writeValues(
                of: $0, levels: 1 << bits, to: values, vectors: vectors)
            }
            count = 256
          }
          #expect(found == expected, "\(vectors), \(bits) bits, \(low) to \(high)")
        }
      }
    }
  }

  @Test(arguments: [1, 2, 15, 16, 17, 63, 64, 65, 200])
  func `extremes are found at any place, and what is no number too`(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    for place in 0..<count {
      var values = generator.values(count)
      let expected = (values.min(), values.max())
      let bad = [Float.nan, .infinity, -.infinity, .signalingNaN][place % 4]
      for vectors in VectorSet.available {
        let range = unsafe values.withUnsafeBufferPointer {
          unsafe CodeRange(of: $0, vectors: vectors)
        }
        #expect(range.map { ($0.minimum, $0.maximum) == expected } == true, "\(vectors)")
      }
      values[place] = bad
      for vectors in VectorSet.available {
        let range = unsafe values.withUnsafeBufferPointer {
          unsafe CodeRange(of: $0, vectors: vectors)
        }
        #expect(range == nil, "\(vectors), \(bad) at \(place) of \(count)")
      }
    }
  }

  /// The kernels' quotient, on the quotients that lie nearest to the middle of two floats.
  ///
  /// With D and S the significands as whole numbers of 24 bits, and M an odd one of 25 bits that
  /// stands for such a middle, these are the D with 2^k·D = M·S − j for small j; k is 24 where
  /// D ≥ S and 25 elsewhere. One divisor in 613 is tried here; all of them hold.
  @Test func `the corrected product is the quotient even nearest to the middle of two floats`() {
    var tried = 0
    for significand in stride(from: UInt64(1) << 23, to: 1 << 24, by: 613) {
      tried += tryHardest(significand, "")
    }
    tried += tryHardest((1 << 24) - 1, "all ones")
    #expect(tried > 50_000)
  }

  private func tryHardest(_ divisor: UInt64, _ note: String) -> Int {
    let span = Float(divisor) * 0x1p-23
    let inverse = 1 / span
    let zeros = divisor.trailingZeroBitCount
    // The inverse of the odd part modulo 2^64, by Newton's iteration.
    let odd = divisor >> UInt64(zeros)
    var unit = odd
    for _ in 0..<6 { unit = unit &* (2 &- odd &* unit) }
    var tried = 0
    for power in [24, 25] {
      for distance in (-8...8 as ClosedRange<Int64>)
      where distance.trailingZeroBitCount == zeros {
        let room = UInt64(1) << UInt64(power - zeros)
        let least = UInt64(bitPattern: distance >> Int64(zeros)) &* unit & (room - 1)
        for middle in stride(from: least, to: 1 << 25, by: Int(room))
        where middle >= 1 << 24 && middle % 2 == 1 {
          let value = (Int64(middle * divisor) - distance) >> Int64(power)
          guard (1 << 23..<1 << 24).contains(value) else { continue }
          let dividend = Float(value) * 0x1p-23
          guard (dividend >= span) == (power == 24) else { continue }
          let first = dividend * inverse
          let rest = fmaf(-first, span, dividend)
          if fmaf(rest, inverse, first) != dividend / span {
            Issue.record("\(dividend) / \(span) \(note)")
          }
          tried += 1
        }
      }
    }
    return tried
  }
}
