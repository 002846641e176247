import SplitpipeCodec
import SplitpipeCore
import SplitpipeTestSupport
import Testing

struct FrameCodingTests {
  private let fingerprint = CutFingerprint(model: ContentHash([1, 2, 3]), split: "4.m")

  private func frontier(seed: UInt64) -> Frontier {
    var generator = SeededGenerator(seed: seed)
    return Frontier(
      tensors: [("4.m", [1, 3, 5, 7]), ("4.cv2", [1, 2, 5, 7])].map { name, dimensions in
        let shape = Shape(dimensions)
        let values = generator.values(shape.count)
        return NamedTensor(name: name, tensor: Tensor(shape: shape, values: values))
      })
  }

  private func expected(_ frontier: Frontier) -> [TensorDescription] {
    frontier.tensors.map { TensorDescription($0) }
  }

  @Test(arguments: CodecName.allCases, [2, 3, 4, 8])
  func `codes cross unchanged`(codec: CodecName, bits: Int) throws {
    let settings = try CodecSettings(codec: codec, bits: depth(bits))
    let quantizer = try Quantizer(bits: settings.bits)
    var encoder = FrameEncoder(settings: settings, fingerprint: fingerprint)
    var decoder = FrameDecoder(fingerprint: fingerprint)
    for index in 0..<3 {
      let frontier = frontier(seed: UInt64(index))
      let tensors = try quantizer.quantize(frontier)
      let stamp = FrameStamp(index: 10 + index, seconds: Double(index) / 30)
      let packet = try encoder.encode(stamp: stamp, tensors: tensors)
      #expect(packet.dependency == .key)
      #expect(packet.sequence == UInt32(index))
      let frame = try decoder.decode(packet.serialized(), expecting: expected(frontier))
      #expect(frame.stamp == stamp)
      #expect(frame.quantized == tensors)
      #expect(frame.frontier == Frontier(restoring: tensors))
    }
    #expect(decoder.missing == 0)
  }

  @Test func `32 bits cross unchanged`() throws {
    let settings = try CodecSettings(codec: .raw, bits: .float32)
    var encoder = FrameEncoder(settings: settings, fingerprint: fingerprint)
    var decoder = FrameDecoder(fingerprint: fingerprint)
    let frontier = frontier(seed: 1)
    let packet = try encoder.encode(stamp: FrameStamp(index: 0, seconds: 0), frontier: frontier)
    let frame = try decoder.decode(packet.serialized(), expecting: expected(frontier))
    #expect(frame.frontier == frontier)
    #expect(frame.quantized == nil)
  }

  @Test func `another model, split or shape is refused`() throws {
    let settings = try CodecSettings(codec: .raw, bits: .float32)
    var encoder = FrameEncoder(settings: settings, fingerprint: fingerprint)
    let frontier = frontier(seed: 1)
    let packet = try encoder.encode(stamp: FrameStamp(index: 3, seconds: 0), frontier: frontier)

    for other in [
      CutFingerprint(model: ContentHash([1, 2, 4]), split: "4.m"),
      CutFingerprint(model: ContentHash([1, 2, 3]), split: "4"),
    ] {
      var decoder = FrameDecoder(fingerprint: other)
      let error = #expect(throws: SplitpipeError.self) {
        try decoder.decode(packet, expecting: expected(frontier))
      }
      #expect(error?.kind == .badData)
      #expect(error?.message.contains("another model or split") == true)
    }

    var decoder = FrameDecoder(fingerprint: fingerprint)
    let error = #expect(throws: SplitpipeError.self) {
      try decoder.decode(packet, expecting: expected(frontier).reversed())
    }
    #expect(
      error?.message == """
        frame 3 holds tensors 1×3×5×7, 1×2×5×7, expected "4.cv2" 1×2×5×7, "4.m" 1×3×5×7
        """)
    #expect(throws: SplitpipeError.self) { try decoder.decode(packet, expecting: []) }
  }

  @Test func `lost packets are counted`() throws {
    let settings = try CodecSettings(codec: .raw, bits: .float32)
    var encoder = FrameEncoder(settings: settings, fingerprint: fingerprint)
    var decoder = FrameDecoder(fingerprint: fingerprint)
    let frontier = frontier(seed: 1)
    for index in 0..<6 {
      let packet = try encoder.encode(
        stamp: FrameStamp(index: index, seconds: 0), frontier: frontier)
      if [1, 2, 4].contains(index) { continue }
      _ = try decoder.decode(packet, expecting: expected(frontier))
    }
    #expect(decoder.missing == 3)
  }

  @Test func `tensors that no receiver takes are not sent`() throws {
    var encoder = FrameEncoder(
      settings: try CodecSettings(codec: .raw, bits: .float32), fingerprint: fingerprint)
    let tensor = NamedTensor(name: "t", tensor: Tensor(shape: Shape([0, 3]), values: []))
    for tensors in [[], [tensor]] {
      let error = #expect(throws: SplitpipeError.self) {
        try encoder.encode(
          stamp: FrameStamp(index: 0, seconds: 0), frontier: Frontier(tensors: tensors))
      }
      #expect(error?.kind == .badData)
    }
  }

  @Test func `an encoder takes only what its settings say`() throws {
    var encoder = FrameEncoder(
      settings: try CodecSettings(codec: .rle, bits: depth(3)), fingerprint: fingerprint)
    let stamp = FrameStamp(index: 0, seconds: 0)
    #expect(throws: SplitpipeError.self) {
      try encoder.encode(stamp: stamp, frontier: frontier(seed: 1))
    }
    #expect(throws: SplitpipeError.self) {
      try encoder.encode(stamp: stamp, tensors: [quantized([1], bits: 4)])
    }
  }

  @Test func `fingerprints tell models and splits apart`() {
    var model = [UInt8](repeating: 0, count: 1001)
    let original = CutFingerprint(model: ContentHash(model), split: "4.m")
    #expect(original == CutFingerprint(model: ContentHash(model), split: "4.m"))
    #expect(original.description.count == 16)
    for index in [0, 7, 8, 500, 999, 1000] {
      model[index] ^= 0x80
      #expect(CutFingerprint(model: ContentHash(model), split: "4.m") != original)
      model[index] ^= 0x80
    }
    #expect(CutFingerprint(model: ContentHash(model + [0]), split: "4.m") != original)
  }
}
