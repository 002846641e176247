import Glibc
import SplitpipeCodec
import SplitpipeCore
import SplitpipeTestSupport
import Testing

struct QuantizerTests {
  private func tensor(_ values: [Float]) -> NamedTensor {
    NamedTensor(name: "4.m", tensor: Tensor(shape: Shape([1, values.count]), values: values))
  }

  @Test func `codes and restored values follow the formula on a worked example`() throws {
    // Range −1…2 at 2 bits: steps of 1; 0.5 and 1.5 lie half way and go to the even code.
    let quantizer = try Quantizer(bits: depth(2))
    let coded = try quantizer.quantize(tensor([-1, -0.5, 0, 0.5, 1, 1.5, 2]))
    #expect(coded.minimum == -1 && coded.maximum == 2)
    #expect(coded.codes == [0, 0, 1, 2, 2, 2, 3])
    let restored = NamedTensor(restoring: coded)
    #expect(restored.name == "4.m")
    #expect(restored.tensor.values == [-1, -1, 0, 1, 1, 1, 2])
  }

  @Test(arguments: [2, 3, 4, 5, 6, 7, 8], 0..<8 as Range<UInt64>)
  func `codes are those of the plain formula in float32`(bits: Int, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let values = generator.values(Int.random(in: 2...300, using: &generator))
    let coded = try Quantizer(bits: depth(bits)).quantize(tensor(values))
    let low = try #require(values.min())
    let high = try #require(values.max())
    let top = Float(1 << bits - 1)
    #expect(coded.minimum == low && coded.maximum == high, "seed \(seed)")
    for (value, code) in zip(values, coded.codes) {
      let expected = ((value - low) / (high - low) * top).rounded(.toNearestOrEven)
      #expect(Float(code) == expected, "seed \(seed), value \(value)")
    }
    let restored = NamedTensor(restoring: coded).tensor.values
    for (code, value) in zip(coded.codes, restored) {
      #expect(value == Float(code) / top * (high - low) + low, "seed \(seed), code \(code)")
    }
  }

  @Test(arguments: [2, 3, 4, 5, 6, 7, 8], 100..<108 as Range<UInt64>)
  func `restored values are within half a step`(bits: Int, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let values = generator.values(1000)
    let coded = try Quantizer(bits: depth(bits)).quantize(tensor(values))
    let step = (coded.maximum - coded.minimum) / Float(1 << bits - 1)
    let slack = max(abs(coded.minimum), abs(coded.maximum)) * 4 * .ulpOfOne
    for (value, restored) in zip(values, NamedTensor(restoring: coded).tensor.values) {
      #expect(abs(restored - value) <= step / 2 + slack, "seed \(seed), value \(value)")
    }
  }

  @Test(arguments: [1, 15, 16, 17, 33] as [Int])
  func `a constant tensor has code zero and comes back exactly`(count: Int) throws {
    let values = [Float](repeating: 0.1, count: count)
    let coded = try Quantizer(bits: depth(3)).quantize(tensor(values))
    #expect(coded.codes == [UInt8](repeating: 0, count: count))
    #expect(NamedTensor(restoring: coded).tensor.values == values)
  }

  @Test func `the smallest ranges still use every code`() throws {
    let tiny = Float.leastNonzeroMagnitude
    let coded = try Quantizer(bits: depth(2)).quantize(tensor([0, tiny, 2 * tiny, 3 * tiny]))
    #expect(coded.codes == [0, 1, 2, 3])
  }

  @Test func `the sign of a zero bound does not depend on its place`() throws {
    let quantizer = try Quantizer(bits: depth(2))
    for values in [[-0.0, 0, 1], [0, -0.0, 1]] as [[Float]] {
      #expect(try quantizer.quantize(tensor(values)).minimum.sign == .plus)
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity], [0, 7, 16, 20])
  func `a value that is no number is refused by name`(value: Float, index: Int) throws {
    var values = (0..<21).map(Float.init)
    values[index] = value
    let quantizer = try Quantizer(bits: depth(3))
    let error = #expect(throws: SplitpipeError.self) { try quantizer.quantize(tensor(values)) }
    #expect(error?.kind == .badData)
    #expect(error?.message.contains("\"4.m\": value \(index) of 21 is \(value)") == true)
  }

  @Test func `an empty tensor and a range beyond float32 are refused`() throws {
    let quantizer = try Quantizer(bits: depth(3))
    for values in [[], [-3e38, 3e38]] as [[Float]] {
      let error = #expect(throws: SplitpipeError.self) { try quantizer.quantize(tensor(values)) }
      #expect(error?.kind == .badData)
    }
  }

  @Test func `32 bits are no quantization`() {
    let error = #expect(throws: SplitpipeError.self) { try Quantizer(bits: .float32) }
    #expect(error?.kind == .usage)
  }
}
