import SplitpipeCodec
import SplitpipeCore
import SplitpipeTestSupport
import Testing

/// What the context coder promises of whole frames, one after another.
struct ContextCoderTests {
  static let shapes: [[[Int]]] = [
    [[1, 1]], [[1000]], [[1, 1, 1, 1]], [[1, 40, 1, 1]], [[1, 3, 1, 7]], [[1, 3, 7, 1]],
    [[1, 16, 5, 4], [1, 17, 5, 4]], [[1, 32, 6, 8], [1, 32, 6, 8]], [[70, 3, 5]],
    [[2, 9, 4, 6], [1, 5, 2, 3], [1, 4, 4, 6], [1, 10]],
  ]

  @Test(arguments: shapes, [2, 3, 4, 5, 6, 7, 8])
  func `decoding undoes encoding, key frames and deltas`(shapes: [[Int]], bits: Int) throws {
    for seed in 0..<3 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      var sender = ContextSender(shapes: shapes.map { Shape($0) }, bits: bits)
      var encoder = ContextEncoder()
      var decoder = ContextDecoder()
      for index in 0..<8 {
        let frame = try sender.next(&generator)
        let reference: ContextReference = index % 5 == 0 ? .key : .delta
        let bytes = encoder.encode(frame, reference: reference)
        let back = try decoder.decode(
          bytes, of: frame.map { TensorDescription($0) }, bits: depth(bits), reference: reference)
        #expect(back == frame.map(\.codes), "seed \(seed), frame \(index)")
      }
    }
  }
}

/// Frames that follow each other: some codes stay, some move a little, some jump.
struct ContextSender {
  let shapes: [Shape]
  let bits: Int
  private var codes: [[UInt8]] = []

  init(shapes: [Shape], bits: Int) {
    self.shapes = shapes
    self.bits = bits
  }

  mutating func next(_ generator: inout SeededGenerator) throws -> [QuantizedTensor] {
    if codes.isEmpty || generator.next() % 4 == 0 {
      codes = shapes.map { generator.codes($0.count, bits: bits) }
    } else {
      let top = 1 << bits - 1
      let rarity = UInt64.random(in: 1...50, using: &generator)
      codes = codes.map { tensor in
        tensor.map { code in
          guard generator.next() % rarity == 0 else { return code }
          return UInt8(max(0, min(top, Int(code) + Int.random(in: -1...1, using: &generator))))
        }
      }
    }
    return try zip(shapes, codes).map {
      try quantized($1, bits: bits, shape: $0.dimensions)
    }
  }
}
