import SplitpipeCodec
import SplitpipeCore
import SplitpipeTestSupport
import Testing

struct TemporalAnalyserTests {
  private func frontier(_ tensors: [[Float]]) -> Frontier {
    Frontier(
      tensors: tensors.enumerated().map { index, values in
        NamedTensor(
          name: "t\(index)", tensor: Tensor(shape: Shape([values.count]), values: values))
      })
  }

  @Test func `change is measured on a worked example`() throws {
    var analyser = TemporalAnalyser()
    #expect(analyser.observe(frontier: frontier([[0, 1, 2], [0, 10]]), quantized: nil) == nil)
    // Differences 0, 1, 2 over a range of 4; 0, −5 over a range of 5: (2/4 + 5/5) / 2.
    let change = analyser.observe(frontier: frontier([[0, 2, 4], [0, 5]]), quantized: nil)
    #expect(change == TemporalChange(rangeRatio: 0.75, unchangedFraction: 0.4))
    let still = analyser.observe(frontier: frontier([[0, 2, 4], [0, 5]]), quantized: nil)
    #expect(still == TemporalChange(rangeRatio: 0, unchangedFraction: 1))
  }

  @Test func `unchanged codes are counted where there are codes`() throws {
    var analyser = TemporalAnalyser()
    let values = frontier([[0, 1, 2, 3]])
    _ = analyser.observe(frontier: values, quantized: [try quantized([0, 1, 2, 3], bits: 2)])
    let change = analyser.observe(
      frontier: frontier([[0.5, 1, 2, 3]]), quantized: [try quantized([0, 1, 2, 2], bits: 2)])
    #expect(change?.unchangedFraction == 0.75)
  }

  @Test func `a change of layout starts anew`() throws {
    var analyser = TemporalAnalyser()
    _ = analyser.observe(frontier: frontier([[0, 1, 2]]), quantized: nil)
    #expect(analyser.observe(frontier: frontier([[0, 1]]), quantized: nil) == nil)
    #expect(analyser.observe(frontier: frontier([[0, 1]]), quantized: nil) != nil)
    let codes = [try quantized([0, 1], bits: 2)]
    #expect(analyser.observe(frontier: frontier([[0, 1]]), quantized: codes) == nil)
    let wider = [try quantized([0, 1], bits: 3)]
    #expect(analyser.observe(frontier: frontier([[0, 1]]), quantized: wider) == nil)
  }

  @Test func `constant tensors do not make the ratio infinite`() {
    var analyser = TemporalAnalyser()
    _ = analyser.observe(frontier: frontier([[1, 2], [0, 1]]), quantized: nil)
    let change = analyser.observe(frontier: frontier([[3, 3], [0, 2]]), quantized: nil)
    #expect(change?.rangeRatio == 0.5)
    _ = analyser.observe(frontier: frontier([[1, 1]]), quantized: nil)
    #expect(analyser.observe(frontier: frontier([[2, 2]]), quantized: nil)?.rangeRatio == 0)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `long tensors agree with the definition`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let count = Int.random(in: 1...9000, using: &generator)
    let old = generator.values(count)
    let new = old.map { Bool.random(using: &generator) ? $0 : $0 + 1 }
    let oldCodes = generator.codes(count, bits: 3)
    let newCodes = oldCodes.map { Bool.random(using: &generator) ? $0 : 7 - $0 }
    var analyser = TemporalAnalyser()
    _ = analyser.observe(frontier: frontier([old]), quantized: nil)
    let overValues = analyser.observe(frontier: frontier([new]), quantized: nil)
    let values = try #require(overValues)
    let differences = zip(old, new).map { $1 - $0 }
    let span = try #require(new.max()) - #require(new.min())
    let change = try #require(differences.max()) - #require(differences.min())
    #expect(values.rangeRatio == (span == 0 ? 0 : Double(change) / Double(span)), "seed \(seed)")
    let equal = zip(old, new).count { $0 == $1 }
    #expect(values.unchangedFraction == Double(equal) / Double(count), "seed \(seed)")

    _ = analyser.observe(frontier: frontier([old]), quantized: [try quantized(oldCodes, bits: 3)])
    let overCodes = analyser.observe(
      frontier: frontier([new]), quantized: [try quantized(newCodes, bits: 3)])
    let codes = try #require(overCodes)
    let equalCodes = zip(oldCodes, newCodes).count { $0 == $1 }
    #expect(codes.unchangedFraction == Double(equalCodes) / Double(count), "seed \(seed)")
  }
}
