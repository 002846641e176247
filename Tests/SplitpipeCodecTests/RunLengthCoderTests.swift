import SplitpipeCodec
import SplitpipeCore
import SplitpipeTestSupport
import Testing

struct RunLengthCoderTests {
  private let coder = RunLengthCoder()
  private let range = bytes("00 00 80 bf 00 00 00 40")

  /// Codewords worked out by hand; minimum −1 and maximum 2 stand in front.
  @Test(
    arguments: [
      // Five zeros: 111, 100; then 001, 011, 100; one bit of padding.
      (2, [0, 0, 0, 0, 0, 1, 3, 0], "f0 b8"),
      (3, [7], "70"),
      (3, [0], "80"),
      // Eight zeros are the longest run: 1111; a ninth starts another: 1000.
      (3, [0, 0, 0, 0, 0, 0, 0, 0, 0], "f8"),
      (3, [1, 2, 0, 0, 5], "12 95"),
      (4, [0, 0, 15, 1], "8b c2"),
      // Nine bits: 1 00000000, 0 11111111, 0 00000001.
      (8, [0, 255, 1], "80 3f c0 20"),
    ] as [(Int, [UInt8], String)])
  func `payloads are those worked out by hand`(bits: Int, codes: [UInt8], hex: String) throws {
    let tensor = try quantized(codes, bits: bits, minimum: -1, maximum: 2)
    let payload = coder.encode(tensor)
    #expect(payload == range + bytes(hex))
    #expect(
      try coder.decode(payload, of: TensorDescription(tensor), bits: tensor.bits) == tensor)
  }

  @Test(arguments: [2, 3, 4, 5, 6, 7, 8])
  func `runs of any length are cut at 2 to the b`(bits: Int) throws {
    let longest = 1 << bits
    for zeros in [1, longest - 1, longest, longest + 1, 2 * longest, 40 * longest + 3] {
      for after in [[], [1]] as [[UInt8]] {
        let tensor = try quantized([UInt8](repeating: 0, count: zeros) + after, bits: bits)
        let payload = coder.encode(tensor)
        let codewords = (zeros + longest - 1) / longest + after.count
        #expect(payload.count == 8 + (codewords * (bits + 1) + 7) / 8)
        let back = try coder.decode(payload, of: TensorDescription(tensor), bits: tensor.bits)
        #expect(back == tensor, "\(zeros) zeros")
      }
    }
  }

  /// Payload bits after the range for a tensor of 8 codes at 3 bits, and a word of the message.
  @Test(
    arguments: [
      ("", "more codewords"), ("12 34", "more codewords"), ("82 11", "more codewords"),
      ("12 34 12 34 00", "more bytes"), ("1e 00", "more bytes"),
      ("12 ff", "longer one"), ("12 34 12 bf", "longer one"),
      ("02 34 12 34", "zero value"), ("12 a1 01", "zero value"),
      ("8e 00", "cut early"), ("18 81", "cut early"), ("f1", "zero bits after"),
    ])
  func `bytes that no tensor has are refused`(hex: String, word: String) throws {
    let tensor = TensorDescription(name: "t", shape: Shape([8]))
    let error = #expect(throws: SplitpipeError.self) {
      try coder.decode(range + bytes(hex), of: tensor, bits: depth(3))
    }
    #expect(error?.kind == .badData)
    #expect(error?.message.contains(word) == true, "\(error?.message ?? "none")")
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `no two payloads decode to the same tensor`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let bits = try depth(Int.random(in: 2...8, using: &generator))
    let count = Int.random(in: 1...400, using: &generator)
    let codes = generator.codes(count, bits: bits.bits)
    let tensor = try quantized(codes, bits: bits.bits)
    let payload = coder.encode(tensor)
    for index in payload.indices.dropFirst(8) {
      var damaged = payload
      damaged[index] ^= UInt8.random(in: 1...255, using: &generator)
      guard
        let other = try? coder.decode(damaged, of: TensorDescription(tensor), bits: bits)
      else { continue }
      #expect(other != tensor, "seed \(seed), byte \(index)")
      #expect(coder.encode(other) == damaged, "seed \(seed), byte \(index)")
    }
  }

  @Test func `a huge shape with a tiny payload is refused without its memory`() throws {
    let tensor = TensorDescription(name: "t", shape: Shape([1 << 20, 1 << 20, 1 << 15]))
    for hex in ["", "ff ff ff ff"] {
      let error = #expect(throws: SplitpipeError.self) {
        try coder.decode(range + bytes(hex), of: tensor, bits: depth(8))
      }
      #expect(error?.kind == .badData)
    }
  }
}
