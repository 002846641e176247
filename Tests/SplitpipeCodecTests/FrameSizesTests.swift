import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeCodec

@Suite struct `The sizes of picture and input` {
  private static let wide = FrameSizes(
    source: PixelSize(width: 1280, height: 720), input: PixelSize(width: 640, height: 384))
  private static let high = FrameSizes(
    source: PixelSize(width: 720, height: 1280), input: PixelSize(width: 384, height: 640))

  @Test(arguments: CodecName.allCases)
  func `reach the receiver with every frame`(codec: CodecName) throws {
    var line = try TestLine(codec.rawValue, interval: 4)
    for sizes in [nil, Self.wide, Self.wide, Self.wide, Self.high, Self.high, nil, nil] {
      line.sizes = sizes
      let (tensors, packet) = try line.send()
      let frame = try line.receive(packet.serialized())
      #expect(frame.sizes == sizes)
      #expect(frame.quantized == tensors)
    }
  }

  @Test func `reach the receiver with float32 values`() throws {
    let settings = try CodecSettings(codec: .raw, bits: .float32)
    var encoder = FrameEncoder(settings: settings, fingerprint: CutFingerprint(value: 7))
    var decoder = FrameDecoder(fingerprint: CutFingerprint(value: 7))
    let frontier = Frontier(tensors: [
      NamedTensor(name: "t", tensor: Tensor(shape: Shape([2]), values: [1, 2]))
    ])
    for (index, sizes) in [Self.wide, nil, Self.high].enumerated() {
      let packet = try encoder.encode(
        stamp: FrameStamp(index: index, seconds: 0), sizes: sizes, frontier: frontier)
      let frame = try decoder.decode(
        packet.serialized(), expecting: frontier.tensors.map { TensorDescription($0) })
      #expect(frame.sizes == sizes)
      #expect(frame.frontier == frontier)
    }
  }

  @Test(arguments: DeltaCodingTests.temporal)
  func `make a key frame where they change and add nothing to a delta`(codec: String) throws {
    var line = try TestLine(codec)
    var plain = try TestLine(codec)
    var growth: [Int] = []
    for sizes in [Self.wide, Self.wide, Self.high, Self.high] {
      line.sizes = sizes
      // The same frames without sizes, with keys in the same places.
      if growth.count == 2 { plain.request.request() }
      growth.append(
        try line.send().packet.serialized().count - plain.send().packet.serialized().count)
    }
    #expect(growth == [8, 0, 8, 0])
    #expect(line.schedule.keyFrames == 2)
  }

  @Test(arguments: DeltaCodingTests.temporal)
  func `of another frame than the base are a bug of whoever decides on key frames`(
    codec: String
  ) throws {
    var line = try TestLine(codec)
    line.sizes = Self.wide
    let tensors = try line.send().tensors
    let stamp = FrameStamp(index: 1, seconds: 0)
    for sizes in [Self.high, nil] {
      var encoder = line.encoder
      let error = #expect(throws: SplitpipeError.self) {
        try encoder.encode(
          stamp: stamp, sizes: sizes, tensors: tensors, dependency: .delta(from: 0))
      }
      #expect(error?.kind == .bug)
      #expect(error?.message.contains("frame 1 was to lean on one of other sizes") == true)
      // Nothing of it is left: the frame can still follow as it should.
      let delta = try encoder.encode(
        stamp: stamp, sizes: Self.wide, tensors: tensors, dependency: .delta(from: 0))
      #expect(delta.dependency == .delta(from: 0))
    }
  }

  @Test(arguments: [0, -1, 65_536])
  func `that no packet can hold are refused by name`(side: Int) throws {
    var line = try TestLine("rle")
    line.sizes = FrameSizes(
      source: PixelSize(width: side, height: 720), input: PixelSize(width: 640, height: 384))
    let error = #expect(throws: SplitpipeError.self) { try line.send() }
    #expect(error?.kind == .badData)
    #expect(
      error?.message
        == "cannot send frame 0 of size \(side)×720 as 640×384: expected 1 to 65535 pixels a side")
  }

  @Test(arguments: DeltaCodingTests.temporal)
  func `are not taken from a refused key`(codec: String) throws {
    var line = try TestLine(codec)
    line.sizes = Self.wide
    _ = try line.receive(line.send().packet.serialized())
    let delta = try line.send().packet
    var other = try TestLine(codec)
    other.sizes = Self.high
    let key = try other.send().packet
    #expect(throws: SplitpipeError.self) {
      try line.decoder.decode(key, expecting: TestLine.expected.reversed())
    }
    #expect(try line.receive(delta.serialized()).sizes == Self.wide)
  }
}
