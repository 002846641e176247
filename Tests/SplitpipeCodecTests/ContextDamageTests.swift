import SplitpipeCodec
import SplitpipeCore
import SplitpipeTestSupport
import Testing

/// What the context decoder does with bytes that are not what an encoder wrote.
struct ContextDamageTests {
  /// A key frame and two deltas of two small tensors.
  private static func stream(bits: Int) throws -> [(frame: [QuantizedTensor], bytes: [UInt8])] {
    var generator = SeededGenerator(seed: 21)
    var frames = ContextFrames(shapes: [Shape([1, 5, 3, 4]), Shape([1, 13])], bits: bits)
    var encoder = ContextEncoder(options: ContextOptions(skipping: .always))
    return try (0..<3).map { index in
      var frame = try frames.next(&generator)
      // Never equal to the one before, so that there is something to damage.
      frame[1] = try quantized(
        (0..<13).map { UInt8(($0 + index) % (1 << bits)) }, bits: bits, shape: [1, 13])
      return (frame, encoder.encode(frame, dependency: index == 0 ? .key : .delta))
    }
  }

  @Test(arguments: [3, 6], ContextOptions.Kernel.allCases)
  func `damaged bytes are refused or are a frame, and leave the state as it was`(
    bits: Int, kernel: ContextOptions.Kernel
  ) throws {
    let stream = try Self.stream(bits: bits)
    var decoder = ContextDecoder(options: ContextOptions(kernel: kernel))
    for (index, sent) in stream.enumerated() {
      let dependency: ContextDependency = index == 0 ? .key : .delta
      var damaged = sent.bytes.indices.map { Array(sent.bytes[..<$0]) }
      damaged.append(sent.bytes + [0])
      damaged.append(sent.bytes + [0, 0])
      for place in sent.bytes.indices {
        for change in [1, 0x80] as [UInt8] {
          var bytes = sent.bytes
          bytes[place] ^= change
          damaged.append(bytes)
        }
      }
      var refused = 0
      for bytes in damaged {
        var attempt = decoder
        do {
          let codes = try attempt.decode(bytes, of: sent.frame, dependency)
          #expect(codes.map(\.count) == sent.frame.map(\.codes.count))
          #expect(codes.allSatisfy { $0.allSatisfy { Int($0) < 1 << bits } })
        } catch {
          refused += 1
          #expect(error.kind == .badData)
          // A frame that was refused never happened.
          if refused % 32 == 0 {
            #expect(
              try attempt.decode(sent.bytes, of: sent.frame, dependency) == sent.frame.map(\.codes))
          }
        }
      }
      #expect(refused > damaged.count * 9 / 10)
      #expect(try decoder.decode(sent.bytes, of: sent.frame, dependency) == sent.frame.map(\.codes))
    }
  }

  @Test(arguments: ContextOptions.Kernel.allCases)
  func `a refused frame does not change how the next ones are read`(
    kernel: ContextOptions.Kernel
  ) throws {
    var generator = SeededGenerator(seed: 8)
    // Planes with fewer groups after one with more: they share memory.
    let shapes = [Shape([1, 49, 4, 1]), Shape([1, 65, 2, 3]), Shape([43])]
    var frames = ContextFrames(shapes: shapes, bits: 7)
    var encoder = ContextEncoder(options: ContextOptions(skipping: .always))
    var decoder = ContextDecoder(options: ContextOptions(kernel: kernel))
    for index in 0..<8 {
      let frame = try frames.next(&generator)
      let dependency: ContextDependency = index == 0 ? .key : .delta
      let bytes = encoder.encode(frame, dependency: dependency)
      for place in stride(from: 1, to: bytes.count, by: max(1, bytes.count / 5)) {
        var damaged = bytes
        damaged[place] ^= 0x55
        var attempt = decoder
        if (try? attempt.decode(damaged, of: frame, dependency)) == nil { decoder = attempt }
      }
      #expect(
        try decoder.decode(bytes, of: frame, dependency) == frame.map(\.codes), "frame \(index)")
    }
  }

  @Test(arguments: ContextOptions.Kernel.allCases, 0..<60 as Range<UInt64>)
  func `noise is refused or is a frame`(kernel: ContextOptions.Kernel, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let shapes = [generator.shape(), generator.shape()]
    let bits = Int.random(in: 2...8, using: &generator)
    var noise = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
      UInt8.random(in: 0...255, using: &generator)
    }
    if !noise.isEmpty { noise[0] %= 6 }
    var decoder = ContextDecoder(options: ContextOptions(kernel: kernel))
    let codes = try? decoder.decode(
      noise, of: shapes.map { TensorDescription(name: "t", shape: $0) }, bits: depth(bits),
      dependency: .key)
    if let codes { #expect(codes.allSatisfy { $0.allSatisfy { Int($0) < 1 << bits } }) }
  }

  @Test func `a delta without its base asks for a key frame`() throws {
    let stream = try Self.stream(bits: 3)
    var decoder = ContextDecoder()
    func expectRefusal(_ decoder: inout ContextDecoder) {
      let error = #expect(throws: SplitpipeError.self) {
        try decoder.decode(stream[1].bytes, of: stream[1].frame, .delta)
      }
      #expect(error?.kind == .badData)
      #expect(error?.message.hasSuffix("a key frame is needed") == true)
    }
    let shapes = stream[0].frame.map(\.shape)
    #expect(!decoder.canContinue(with: shapes, bits: try depth(3)))
    expectRefusal(&decoder)
    _ = try decoder.decode(stream[0].bytes, of: stream[0].frame, .key)
    #expect(decoder.canContinue(with: shapes, bits: try depth(3)))
    #expect(!decoder.canContinue(with: shapes, bits: try depth(4)))
    #expect(!decoder.canContinue(with: [shapes[0]], bits: try depth(3)))

    // A key frame of other shapes that is refused does not cost the frames held.
    let other = [try quantized([1, 2, 3], bits: 3)]
    #expect(throws: SplitpipeError.self) {
      try decoder.decode([0, 1, 2, 3], of: other, .key)
    }
    #expect(
      try decoder.decode(stream[1].bytes, of: stream[1].frame, .delta)
        == stream[1].frame.map(\.codes))
    // One that is accepted does.
    var encoder = ContextEncoder()
    _ = try decoder.decode(encoder.encode(other, dependency: .key), of: other, .key)
    expectRefusal(&decoder)
  }
}
