import SplitpipeCodec
import SplitpipeCore
import SplitpipeTestSupport
import Testing

/// What the context coder promises of whole frames, one after another.
struct ContextCoderTests {
  static let shapes: [[[Int]]] = [
    [[1, 1]], [[300]], [[1, 1, 1, 1]], [[1, 40, 1, 1]], [[1, 3, 1, 7]], [[1, 3, 7, 1]],
    [[1, 16, 3, 4], [1, 17, 3, 4]], [[70, 2, 3]],
    [[2, 9, 4, 3], [1, 5, 2, 3], [1, 4, 4, 3], [1, 10]],
  ]

  @Test(arguments: shapes, [2, 3, 4, 5, 6, 7, 8])
  func `decoding undoes encoding, key frames and deltas`(shapes: [[Int]], bits: Int) throws {
    var generator = SeededGenerator(seed: UInt64(bits))
    var frames = ContextFrames(shapes: shapes.map { Shape($0) }, bits: bits)
    var encoder = ContextEncoder()
    var decoder = ContextDecoder()
    for index in 0..<8 {
      let frame = try frames.next(&generator)
      let dependency: ContextDependency = index % 5 == 0 ? .key : .delta
      let bytes = encoder.encode(frame, dependency: dependency)
      let back = try decoder.decode(bytes, of: frame, dependency)
      #expect(back == frame.map(\.codes), "seed \(bits), frame \(index)")
    }
  }

  @Test(arguments: [2, 3, 4, 5, 8], [ContextOptions.Skipping.never, .always, .fromShare(0.5)])
  func `the Swift and the quick code write the same bytes and read each other's`(
    bits: Int, skipping: ContextOptions.Skipping
  ) throws {
    let shapes = [
      Shape([1, 50, 3, 5]), Shape([1, 21, 3, 5]), Shape([1, 7, 2, 2]), Shape([1, 9]),
    ]
    try compareKernels(shapes, bits: bits, skipping: skipping, frames: 6)
  }

  /// From 16,384 symbols on there are four states, which the quick code reads together.
  @Test(arguments: zip([2, 3, 4, 5], [ContextOptions.Skipping.never, .always, .never, .always]))
  func `large frames are the same bytes in Swift and in the quick code`(
    bits: Int, skipping: ContextOptions.Skipping
  ) throws {
    let shapes = [Shape([1, 70, 18, 14]), Shape([1, 21, 3, 5])]
    try compareKernels(shapes, bits: bits, skipping: skipping, frames: 3)
  }

  private func compareKernels(
    _ shapes: [Shape], bits: Int, skipping: ContextOptions.Skipping, frames count: Int
  ) throws {
    var generator = SeededGenerator(seed: 11)
    var frames = ContextFrames(shapes: shapes, bits: bits)
    let kernels = ContextOptions.Kernel.allCases
    var encoders = kernels.map {
      ContextEncoder(options: ContextOptions(kernel: $0, skipping: skipping))
    }
    var decoders = kernels.map { ContextDecoder(options: ContextOptions(kernel: $0)) }
    for index in 0..<count {
      let frame = try frames.next(&generator)
      let dependency: ContextDependency = index == 0 ? .key : .delta
      let bytes = encoders[0].encode(frame, dependency: dependency)
      for kernel in kernels.indices {
        let comment: Comment = "\(kernels[kernel]), seed 11, frame \(index)"
        if kernel > 0 {
          #expect(encoders[kernel].encode(frame, dependency: dependency) == bytes, comment)
        }
        let back = try decoders[kernel].decode(bytes, of: frame, dependency)
        #expect(back == frame.map(\.codes), comment)
      }
    }
  }

  @Test(arguments: [2, 3, 4, 6, 8])
  func `constant tensors cost next to nothing and noise little more than its bits`(
    bits: Int
  ) throws {
    let shape = Shape([1, 32, 16, 12])
    let top = UInt8(1 << bits - 1)
    var generator = SeededGenerator(seed: 5)
    let contents: [(name: String, codes: [UInt8], most: Double)] = [
      ("constant", [UInt8](repeating: 0, count: shape.count), 0.12),
      ("constant", [UInt8](repeating: top, count: shape.count), 0.12),
      ("alternating", (0..<shape.count).map { $0 % 2 == 0 ? 0 : top }, Double(bits) * 0.25),
      (
        "noise", (0..<shape.count).map { _ in UInt8.random(in: 0...top, using: &generator) },
        Double(bits) * 1.13
      ),
    ]
    for (name, codes, most) in contents {
      let frame = [try quantized(codes, bits: bits, shape: shape.dimensions)]
      var encoder = ContextEncoder()
      var decoder = ContextDecoder()
      for dependency in [ContextDependency.key, .delta] {
        let bytes = encoder.encode(frame, dependency: dependency)
        #expect(Double(bytes.count * 8) / Double(shape.count) < most, "\(name)")
        #expect(try decoder.decode(bytes, of: frame, dependency) == [codes])
      }
    }
  }

  @Test func `a frame like the one before is one byte`() throws {
    var generator = SeededGenerator(seed: 3)
    let frame = [try quantized(generator.codes(600, bits: 3), bits: 3, shape: [1, 6, 10, 10])]
    var encoder = ContextEncoder()
    var decoder = ContextDecoder()
    _ = try decoder.decode(encoder.encode(frame, dependency: .key), of: frame, .key)
    let bytes = encoder.encode(frame, dependency: .delta)
    #expect(bytes == [8])
    #expect(try decoder.decode(bytes, of: frame, .delta) == frame.map(\.codes))
    // Nothing to be the same as.
    #expect(throws: SplitpipeError.self) { try decoder.decode(bytes, of: frame, .key) }
  }

  @Test(arguments: [1, 2, 31, 32])
  func `a frame has as many tensors as a packet can carry`(count: Int) throws {
    var generator = SeededGenerator(seed: UInt64(count))
    let shapes = (0..<count).map { Shape([1, 1 + $0 % 5, 1 + $0 % 3, 4]) }
    var frames = ContextFrames(shapes: shapes, bits: 3)
    var encoder = ContextEncoder()
    var decoder = ContextDecoder()
    for dependency in [ContextDependency.key, .delta, .delta] {
      let frame = try frames.next(&generator)
      let bytes = encoder.encode(frame, dependency: dependency)
      #expect(try decoder.decode(bytes, of: frame, dependency) == frame.map(\.codes))
    }
  }

  @Test func `ten million coefficients survive`() throws {
    var codes = [UInt8](repeating: 1, count: 10_000_000)
    for index in stride(from: 0, to: codes.count, by: 9973) { codes[index] = 3 }
    let frame = [try quantized(codes, bits: 2, shape: [1, 1000, 100, 100])]
    var encoder = ContextEncoder()
    var decoder = ContextDecoder()
    let bytes = encoder.encode(frame, dependency: .key)
    #expect(try decoder.decode(bytes, of: frame, .key) == [codes])
  }
}

extension ContextDecoder {
  /// Decodes bytes as those of a frame's tensors.
  mutating func decode(
    _ bytes: [UInt8], of frame: [QuantizedTensor], _ dependency: ContextDependency
  ) throws(SplitpipeError) -> [[UInt8]] {
    try decode(
      bytes, of: frame.map { TensorDescription($0) }, bits: frame[0].bits, dependency: dependency)
  }
}

/// Frames that follow each other: some codes stay, some move a little, some jump.
struct ContextFrames {
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
