import SplitpipeCodec
import SplitpipeCore
import SplitpipeTestSupport
import Testing

/// What every coder of codes promises.
struct TensorCoderTests {
  static let codecs = CodecName.allCases.filter { !$0.codesWholeFrames }

  private func coder(_ codec: CodecName, _ bits: Int) throws -> any TensorCoder {
    try #require(try CodecSettings(codec: codec, bits: depth(bits)).coder)
  }

  @Test(arguments: codecs, [2, 3, 4, 5, 6, 7, 8])
  func `decoding undoes encoding`(codec: CodecName, bits: Int) throws {
    let coder = try coder(codec, bits)
    for seed in 0..<40 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let shape = generator.shape()
      let range = generator.values(2).sorted()
      let tensor = try quantized(
        generator.codes(shape.count, bits: bits), bits: bits, shape: shape.dimensions,
        minimum: range[0], maximum: range[1])
      let payload = coder.encode(tensor)
      let back = try coder.decode(payload, of: TensorDescription(tensor), bits: tensor.bits)
      #expect(back == tensor, "seed \(seed), shape \(shape)")
    }
  }

  @Test(arguments: codecs, [2, 3, 8])
  func `tensors longer than any inner buffer survive`(codec: CodecName, bits: Int) throws {
    let coder = try coder(codec, bits)
    for count in [4095, 4096, 4097, 8192, 20_003] {
      var generator = SeededGenerator(seed: UInt64(count))
      let tensor = try quantized(generator.codes(count, bits: bits), bits: bits)
      let payload = coder.encode(tensor)
      #expect(
        try coder.decode(payload, of: TensorDescription(tensor), bits: tensor.bits) == tensor)
    }
  }

  @Test(arguments: codecs, [2, 3, 5, 8])
  func `every prefix and every longer payload is refused`(codec: CodecName, bits: Int) throws {
    let coder = try coder(codec, bits)
    var generator = SeededGenerator(seed: 7)
    let tensor = try quantized(generator.codes(101, bits: bits), bits: bits)
    let payload = coder.encode(tensor)
    var others = payload.indices.map { Array(payload[..<$0]) }
    others.append(payload + [0])
    for other in others {
      let error = #expect(throws: SplitpipeError.self) {
        try coder.decode(other, of: TensorDescription(tensor), bits: tensor.bits)
      }
      #expect(error?.kind == .badData)
      #expect(error?.message.contains("tensor \"t\" (1×1×1×101)") == true)
    }
  }

  @Test(arguments: codecs, 0..<40 as Range<UInt64>)
  func `noise is refused or is a tensor`(codec: CodecName, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let bits = Int.random(in: 2...8, using: &generator)
    let coder = try coder(codec, bits)
    for count in [1, 5, 64, 300] {
      let shape = Shape([Int.random(in: 1...600, using: &generator)])
      let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let payload = bytes("00 00 00 00 00 00 80 3f") + noise
      let description = TensorDescription(name: "t", shape: shape)
      guard let tensor = try? coder.decode(payload, of: description, bits: depth(bits)) else {
        continue
      }
      #expect(coder.encode(tensor) == payload, "seed \(seed)")
    }
  }

  @Test(
    arguments: codecs,
    [
      "00 00 c0 7f 00 00 80 3f", "00 00 80 3f 00 00 00 00", "00 00 00 00 00 00 80 7f",
      "ff ff 7f ff ff ff 7f 7f",
    ])
  func `a range that is not one is refused`(codec: CodecName, hex: String) throws {
    let tensor = try quantized([1, 2, 3], bits: 2)
    let coder = try coder(codec, 2)
    let payload = bytes(hex) + coder.encode(tensor).dropFirst(8)
    let error = #expect(throws: SplitpipeError.self) {
      try coder.decode(payload, of: TensorDescription(tensor), bits: tensor.bits)
    }
    #expect(error?.message.contains("expected a minimum not above a maximum") == true)
  }

  @Test func `packed codes stand most significant bit first`() throws {
    let tensor = try quantized([1, 2, 3, 4, 5, 6, 7, 0, 7], bits: 3)
    // 001 010 011 100 101 110 111 000, then 111 and padding.
    let expected = bytes("00 00 00 00 00 00 80 3f 29 cb b8 e0")
    #expect(PackedCoder().encode(tensor) == expected)
  }

  @Test func `padding that is not zero is refused`() throws {
    var payload = PackedCoder().encode(try quantized([1, 2, 3], bits: 3))
    payload[payload.count - 1] |= 1
    let tensor = TensorDescription(name: "t", shape: Shape([3]))
    let error = #expect(throws: SplitpipeError.self) {
      try PackedCoder().decode(payload, of: tensor, bits: depth(3))
    }
    #expect(error?.message.contains("zero bits after the last code") == true)
  }

  @Test func `a raw byte that is no code is refused`() throws {
    var payload = ByteCoder().encode(try quantized([1, 2, 3], bits: 3))
    payload[9] = 8
    let tensor = TensorDescription(name: "t", shape: Shape([3]))
    let error = #expect(throws: SplitpipeError.self) {
      try ByteCoder().decode(payload, of: tensor, bits: depth(3))
    }
    #expect(error?.message.contains("expected codes below 8, found 8") == true)
  }

  @Test func `float values travel bit for bit`() throws {
    let values: [Float] = [1.5, -0.0, .nan, .infinity, .leastNonzeroMagnitude]
    let tensor = Tensor(shape: Shape([5]), values: values)
    let payload = FloatCoder().encode(tensor)
    #expect(payload.prefix(4) == [0, 0, 0xC0, 0x3F])
    let description = TensorDescription(name: "t", shape: tensor.shape)
    let back = try FloatCoder().decode(payload, of: description)
    #expect(back.tensor.values.map(\.bitPattern) == values.map(\.bitPattern))
    for bad in [payload.dropLast(), payload + [0]] {
      #expect(throws: SplitpipeError.self) {
        try FloatCoder().decode(Array(bad), of: description)
      }
    }
  }
}
