import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeCodec

/// Sender and receiver with what lies between them.
struct TestLine {
  static let shapes = [Shape([1, 3, 6, 8]), Shape([1, 10]), Shape([1, 2, 6, 8])]
  var schedule: KeySchedule
  var quantizer: FrameQuantizer
  var encoder: FrameEncoder
  var decoder: FrameDecoder
  let request = KeyRequest()
  private var generator: SeededGenerator
  private var values: [[Float]] = []
  private(set) var index = -1
  /// Those of the frames to come.
  var sizes: FrameSizes?

  init(
    _ codec: String, bits: Int = 3, quantizer text: String = "paper", interval: Int = 60,
    seed: UInt64 = 1
  ) throws {
    let settings = try CodecSettings(codec: .parse(codec), bits: depth(bits))
    let quantizing = try QuantizerSettings.parse(text)
    schedule = KeySchedule(
      codec: settings, quantizer: quantizing, interval: interval, request: request)
    quantizer = try FrameQuantizer(settings: quantizing, bits: settings.bits)
    let fingerprint = CutFingerprint(value: 7)
    encoder = FrameEncoder(settings: settings, fingerprint: fingerprint)
    decoder = FrameDecoder(fingerprint: fingerprint)
    generator = SeededGenerator(seed: seed)
  }

  static var expected: [TensorDescription] {
    shapes.enumerated().map { TensorDescription(name: "t\($0)", shape: $1) }
  }

  /// Smooth pictures that change a little from frame to frame.
  mutating func nextFrontier() -> Frontier {
    index += 1
    if values.isEmpty {
      values = Self.shapes.map { shape in
        let slope = Float.random(in: 0.1...1, using: &generator)
        return (0..<shape.count).map { Float($0 % shape[shape.rank - 1]) * slope }
      }
    }
    for tensor in values.indices {
      for i in values[tensor].indices where Int.random(in: 0..<4, using: &generator) == 0 {
        values[tensor][i] += Float.random(in: -0.2...0.2, using: &generator)
      }
    }
    return Frontier(
      tensors: zip(Self.expected, values).map {
        NamedTensor(name: $0.name, tensor: Tensor(shape: $0.shape, values: $1))
      })
  }

  /// The next frame's codes and packet.
  mutating func send() throws -> (tensors: [QuantizedTensor], packet: Packet) {
    let frontier = nextFrontier()
    let stamp = FrameStamp(index: index, seconds: Double(index) / 25)
    let dependency = schedule.dependency(for: frontier, of: stamp, sizes: sizes)
    let tensors = try quantizer.quantize(frontier, as: dependency)
    return (
      tensors,
      try encoder.encode(stamp: stamp, sizes: sizes, tensors: tensors, dependency: dependency)
    )
  }

  mutating func receive(_ bytes: [UInt8]) throws -> DecodedFrame {
    try decoder.decode(bytes, expecting: Self.expected)
  }
}

struct DeltaCodingTests {
  static let codecs = CodecName.allCases.map(\.rawValue)
  static let temporal = CodecName.allCases.filter(\.isTemporal).map(\.rawValue)
  static let quantizers = [
    "paper", "held", "channel", "channel+held", "sticky=0.25", "held+sticky=0.5", "clip=95",
    "fixed=-1:8",
  ]

  @Test(arguments: codecs + ["zlib-9", "zstd-19", "zstd-dict-9"], quantizers)
  func `every codec carries every quantizer's codes`(codec: String, quantizer: String) throws {
    let bits = 2 + (codec.count + quantizer.count) % 7
    var line = try TestLine(codec, bits: bits, quantizer: quantizer, interval: 4)
    for _ in 0..<7 {
      let (tensors, packet) = try line.send()
      let frame = try line.receive(packet.serialized())
      #expect(frame.quantized == tensors)
      #expect(frame.frontier == Frontier(restoring: tensors))
    }
    #expect(line.decoder.missing == 0)
  }

  @Test(arguments: codecs, ["paper", "held+sticky=0.5"])
  func `a sender in one piece sends what its parts send`(codec: String, quantizer: String) throws {
    var line = try TestLine(codec, quantizer: quantizer, interval: 3)
    var twin = try TestLine(codec, quantizer: quantizer, interval: 3)
    var sender = try FrameSender(
      settings: line.encoder.settings, quantizer: .parse(quantizer), interval: 3,
      fingerprint: line.encoder.fingerprint)
    for index in 0..<5 {
      let sent = try sender.send(
        twin.nextFrontier(), stamp: FrameStamp(index: index, seconds: Double(index) / 25))
      let (tensors, packet) = try line.send()
      #expect(sent.quantized == tensors)
      #expect(sent.packet == packet)
    }
    #expect(sender.keyFrames == line.schedule.keyFrames)
    #expect(sender.clamped == line.quantizer.clamped)
  }

  @Test(arguments: temporal)
  func `key frames come first, every so many frames, and on request`(codec: String) throws {
    var line = try TestLine(codec, interval: 5)
    var keys: [Int] = []
    for index in 0..<20 {
      if index == 12 { line.request.request() }
      let packet = try line.send().packet
      if packet.dependency == .key {
        keys.append(index)
      } else {
        #expect(packet.dependency == .delta(from: UInt32(index - 1)))
        #expect(packet.keyHeader == nil)
      }
    }
    #expect(keys == [0, 5, 10, 12, 17])
    #expect(line.schedule.keyFrames == 5)
  }

  @Test func `every frame is a key frame where nothing looks back`() throws {
    for codec in ["rle", "packed", "raw", "zlib", "zstd"] {
      var line = try TestLine(codec)
      for _ in 0..<4 { #expect(try line.send().packet.dependency == .key) }
      #expect(line.schedule.keyFrames == 4)
    }
    // Held ranges look back, but a packet that holds its ranges needs no other.
    var line = try TestLine("rle", quantizer: "held")
    for _ in 0..<4 { #expect(try line.send().packet.dependency == .key) }
    #expect(line.schedule.keyFrames == 1)
  }

  @Test func `another shape, a scene cut and unrelated pictures make key frames`() throws {
    let settings = try CodecSettings(codec: .context, bits: depth(3))
    var schedule = KeySchedule(codec: settings, quantizer: .paper)
    var generator = SeededGenerator(seed: 3)
    func picture(_ size: Int, shift: Float) -> Frontier {
      // Smooth along a row, as features are, and unlike those of another shift.
      let values = (0..<size * 64).map { i in
        Float((i % 64) / 8) * shift + Float.random(in: 0...0.2, using: &generator)
      }
      return Frontier(tensors: [
        NamedTensor(name: "t", tensor: Tensor(shape: Shape([1, 1, size, 64]), values: values))
      ])
    }
    let frames: [(Frontier, isKey: Bool)] = [
      (picture(40, shift: 1), true), (picture(40, shift: 1), false),
      (picture(40, shift: -1), true), (picture(40, shift: -1), false),
      (picture(20, shift: -1), true), (picture(20, shift: -1), false),
    ]
    for (index, frame) in frames.enumerated() {
      let stamp = FrameStamp(index: index, seconds: 0)
      let dependency = schedule.dependency(for: frame.0, of: stamp)
      #expect(dependency == (frame.isKey ? .key : .delta(from: index - 1)), "frame \(index)")
    }
  }

  @Test(arguments: temporal, ["paper", "held+sticky=0.25"])
  func `after a lost packet the receiver refuses deltas, asks, and recovers`(
    codec: String, quantizer: String
  ) throws {
    var line = try TestLine(codec, quantizer: quantizer)
    var refused: [Int] = []
    for index in 0..<10 {
      let (tensors, packet) = try line.send()
      if index == 4 { continue }
      do {
        let frame = try line.receive(packet.serialized())
        #expect(frame.quantized == tensors)
        #expect(line.decoder.refusal == nil)
      } catch let error as SplitpipeError {
        refused.append(index)
        #expect(error.kind == .badData)
        #expect(
          error.message.contains("frame 5 (packet 5) is a change to packet 4"),
          "\(error.message)")
        #expect(error.message.contains("the last one received is 3; ask the sender for a key"))
        #expect(line.decoder.refusal == .missingBase(4))
        line.request.request()
      }
    }
    #expect(refused == [5])
    #expect(line.schedule.keyFrames == 2)
    #expect(line.decoder.missing == 2)
  }

  @Test(arguments: temporal)
  func `a delta is refused by a receiver that comes late`(codec: String) throws {
    var line = try TestLine(codec)
    _ = try line.send()
    let packet = try line.send().packet
    let error = #expect(throws: SplitpipeError.self) { try line.receive(packet.serialized()) }
    #expect(error?.message.contains("none has been received") == true)
    #expect(line.decoder.refusal == .missingBase(0))
  }

  @Test(arguments: temporal)
  func `a delta needs the codec, depth, ranges and shapes of its base`(codec: String) throws {
    var line = try TestLine(codec)
    _ = try line.receive(line.send().packet.serialized())
    let delta = try line.send().packet
    let other = try CodecName.parse(codec == "context" ? "zstd-dict" : "context")
    for (settings, ranges) in [
      (try CodecSettings(codec: other, bits: depth(3)), RangeLayout.tensor),
      (try CodecSettings(codec: .parse(codec), bits: depth(4)), .tensor),
      (delta.settings, .channel),
    ] {
      let changed = Packet(
        settings: settings, dependency: delta.dependency, sequence: delta.sequence,
        stamp: delta.stamp, keyHeader: nil, ranges: ranges, keepsRanges: true,
        contents: delta.contents)
      let error = #expect(throws: SplitpipeError.self) { try line.receive(changed.serialized()) }
      #expect(error?.message.contains("coded in another way than its base") == true)
    }
    #expect(throws: SplitpipeError.self) {
      try line.decoder.decode(delta, expecting: TestLine.expected.reversed())
    }
    // Nothing of that left a trace.
    _ = try line.receive(delta.serialized())
  }

  @Test func `a delta leaves out what its base has told`() throws {
    var line = try TestLine("context", quantizer: "held")
    let key = try line.send().packet
    let delta = try line.send().packet
    #expect(!key.keepsRanges && delta.keepsRanges)
    // The header of three tensors, and their three ranges.
    func overhead(_ packet: Packet) -> Int {
      packet.serialized().count - packet.payloadBytes.reduce(0, +)
    }
    #expect(overhead(key) == 43)
    #expect(overhead(delta) == 22)
    var paper = try TestLine("context")
    _ = try paper.send()
    #expect(try !paper.send().packet.keepsRanges)
  }

  @Test func `a frame that is not the one after the last becomes a key`() throws {
    var line = try TestLine("context")
    let tensors = try line.send().tensors
    for (index, base, isKey) in [
      (1, 0, false), (2, 0, true), (3, 2, false), (4, 7, true),
    ] {
      let packet = try line.encoder.encode(
        stamp: FrameStamp(index: index, seconds: 0), tensors: tensors,
        dependency: .delta(from: base))
      #expect((packet.dependency == .key) == isKey, "frame \(index)")
    }
    // Other shapes, and other kinds of range.
    let fewer = try line.encoder.encode(
      stamp: FrameStamp(index: 5, seconds: 0), tensors: [tensors[0]], dependency: .delta(from: 4))
    #expect(fewer.dependency == .key)
    let channels = QuantizedTensor(
      name: "t0", shape: tensors[0].shape, bits: tensors[0].bits,
      ranges: [CodeRange](repeating: tensors[0].ranges[0], count: 3), codes: tensors[0].codes)
    let other = try line.encoder.encode(
      stamp: FrameStamp(index: 6, seconds: 0), tensors: [channels], dependency: .delta(from: 5))
    #expect(other.dependency == .key)
    #expect(other.ranges == .channel)
  }
}
