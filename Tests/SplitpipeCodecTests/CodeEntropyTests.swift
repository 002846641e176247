import SplitpipeCodec
import SplitpipeCore
import Testing

struct CodeEntropyTests {
  private func tensor(_ codes: [UInt8]) throws -> QuantizedTensor {
    QuantizedTensor(
      name: "t", shape: Shape([codes.count]), bits: try #require(BitDepth(3)), minimum: 0,
      maximum: 1, codes: codes)
  }

  @Test func `equally frequent codes take the logarithm of their number`() throws {
    #expect(CodeEntropy.bits([try tensor([0, 1, 2, 3, 4, 5, 6, 7])]) == 24)
    #expect(CodeEntropy.bits([try tensor([5, 5, 5, 5])]) == 0)
  }

  @Test func `every tensor has frequencies of its own`() throws {
    // Half and half in one tensor, three to one in the other: 8 bits, and 4 · 0.811278.
    let sum = CodeEntropy.bits([
      try tensor([0, 0, 0, 0, 1, 1, 1, 1]), try tensor([1, 1, 1, 2]),
    ])
    #expect(abs(sum - (8 + 4 * 0.8112781244591328)) < 1e-12)
  }
}
