import SplitpipeTestSupport
import Testing

@testable import SplitpipeCore

@Suite struct `The quantizer's arithmetic` {
  private func codes(_ values: [Float], _ range: CodeRange, bits: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: values.count) { codes, count in
      unsafe values.withUnsafeBufferPointer {
        unsafe range.writeCodes(of: $0, levels: 1 << bits, to: codes)
      }
      count = values.count
    }
  }

  private func clampedCodes(
    _ values: [Float], _ range: CodeRange, bits: Int
  ) -> (codes: [UInt8], tally: CodingTally) {
    var tally = CodingTally()
    let codes = unsafe [UInt8](unsafeUninitializedCapacity: values.count) { codes, count in
      tally = unsafe values.withUnsafeBufferPointer {
        unsafe range.writeClampedCodes(of: $0, levels: 1 << bits, to: codes)
      }
      count = values.count
    }
    return (codes, tally)
  }

  @Test func `rounds half to even and takes what lies outside as the nearer end`() {
    let range = CodeRange(minimum: 0, maximum: 3)
    let values: [Float] = [-9, 0, 0.49, 0.5, 0.51, 1.5, 2.5, 3, 9, -.greatestFiniteMagnitude]
    let expected: [UInt8] = [0, 0, 0, 0, 1, 2, 2, 3, 3, 0]
    #expect(codes(values, range, bits: 2) == expected)
    let (clamped, tally) = clampedCodes(values, range, bits: 2)
    #expect(clamped == expected)
    #expect(tally.clamped == 3 && tally.isFinite)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `gives the same codes whether values are limited before or positions after`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let scale = Float(
      sign: .plus, exponent: Int.random(in: -140...120, using: &generator), significand: 1)
    let low = Float.random(in: -1...1, using: &generator) * scale
    let range = CodeRange(
      minimum: low, maximum: low + Float.random(in: 0...2, using: &generator) * scale)
    let values = (0..<500).map { _ in Float.random(in: -4...4, using: &generator) * scale }
    for bits in 2...8 {
      let plain = codes(values, range, bits: bits)
      #expect(clampedCodes(values, range, bits: bits).codes == plain, "seed \(seed)")
      #expect(plain.allSatisfy { Int($0) < 1 << bits }, "seed \(seed)")
    }
  }

  @Test func `has one code for a range of one value, and sees numbers that are none`() {
    let range = CodeRange(minimum: 2, maximum: 2)
    #expect(codes([1, 2, 3], range, bits: 8) == [0, 0, 0])
    let (clamped, tally) = clampedCodes([1, 2, .nan], range, bits: 8)
    #expect(clamped == [0, 0, 0] && tally.clamped == 2 && !tally.isFinite)
    let wide = clampedCodes([0, .infinity], CodeRange(minimum: 0, maximum: 1), bits: 3)
    #expect(!wide.tally.isFinite)
  }

  @Test func `restores codes to values of the range`() {
    let steps = CodeSteps(CodeRange(minimum: -1, maximum: 2), levels: 4)
    #expect((0...3).map { steps.value(of: $0) } == [-1, 0, 1, 2])
  }

  @Test func `takes a range from finite values alone, and has one zero`() throws {
    let values: [Float] = [-0.0, 3] + [Float](repeating: 1, count: 40)
    let range = try #require(unsafe values.withUnsafeBufferPointer { unsafe CodeRange(of: $0) })
    #expect(range.minimum.sign == .plus && range == CodeRange(minimum: 0, maximum: 3))
    for place in [0, 17, 41] {
      for bad in [Float.nan, .infinity, -.infinity] {
        var changed = values
        changed[place] = bad
        #expect(unsafe changed.withUnsafeBufferPointer { unsafe CodeRange(of: $0) } == nil)
      }
    }
    let extremes = CodeRange(minimum: -.greatestFiniteMagnitude, maximum: .greatestFiniteMagnitude)
    #expect(!extremes.isFinite)
  }
}
