import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeCodec

/// Bytes that reach a receiver and are not what a sender sent.
struct HostileFrameTests {
  private static let codecs = ["context", "zlib", "zstd", "zstd-dict"]

  /// Every prefix and one-byte change of a key and of a delta is refused, or is another valid frame;
  /// what is refused leaves the receiver as it was.
  @Test(arguments: codecs, ["paper", "channel+held"])
  func `damage under a good checksum is refused or another frame`(
    codec: String, quantizer: String
  ) throws {
    var line = try TestLine(codec, quantizer: quantizer, seed: 4)
    let key = try line.send().packet.serialized()
    let delta = try line.send()
    let next = try line.send()
    let fresh = line.decoder
    _ = try line.receive(key)
    let afterKey = line.decoder
    var generator = SeededGenerator(seed: 9)
    for (bytes, state) in [(key, fresh), (delta.packet.serialized(), afterKey)] {
      let body = bytes.dropLast(4)
      for end in body.indices {
        var decoder = state
        #expect(throws: SplitpipeError.self) {
          try decoder.decode(sealed(body[..<end]), expecting: TestLine.expected)
        }
      }
      for index in body.indices {
        for _ in 0..<3 {
          var changed = Array(body)
          changed[index] ^= UInt8.random(in: 1...255, using: &generator)
          var decoder = state
          if let frame = try? decoder.decode(sealed(changed), expecting: TestLine.expected) {
            for tensor in frame.quantized ?? [] {
              #expect(tensor.codes.allSatisfy { Int($0) < tensor.bits.levels })
            }
          } else if state.refusal == nil, bytes != key {
            // The frame as it was sent is still accepted, and so is the one after it.
            let frame = try decoder.decode(delta.packet, expecting: TestLine.expected)
            #expect(frame.quantized == delta.tensors)
            if index % 16 == 0 {
              let frame = try decoder.decode(next.packet, expecting: TestLine.expected)
              #expect(frame.quantized == next.tensors)
            }
          }
        }
      }
    }
  }

  @Test(arguments: codecs, 0..<40 as Range<UInt64>)
  func `noise for a payload is refused or is a frame`(codec: String, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var line = try TestLine(codec)
    let good = try line.send().packet
    let noise = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
      UInt8.random(in: 0...255, using: &generator)
    }
    guard case .joined(let payload) = good.contents else { return }
    let ranges = payload.prefix(3 * RangePrefix.size)
    let packet = Packet(
      settings: good.settings, dependency: .key, sequence: 0, stamp: good.stamp,
      keyHeader: good.keyHeader, contents: .joined(ranges + noise))
    _ = try? line.receive(packet.serialized())
  }

  private func key(_ codec: CodecName, shape: Shape, payload: [UInt8]) throws -> [UInt8] {
    let range = bytes("00 00 00 00 00 00 80 3f")
    return Packet(
      settings: try CodecSettings(codec: codec, bits: depth(3)), dependency: .key, sequence: 0,
      stamp: FrameStamp(index: 0, seconds: 0),
      keyHeader: Packet.KeyHeader(fingerprint: CutFingerprint(value: 7), shapes: [shape]),
      contents: .joined(range + payload)
    ).serialized()
  }

  /// Payloads that expand to far more, or to less, than the shape says.
  @Test(arguments: ["zlib", "zstd"], [100, 9_999, 10_001, 5_000_000])
  func `a payload of another size than the shape is refused`(name: String, count: Int) throws {
    let codec = try CodecName.parse(name)
    let settings = try CodecSettings(codec: codec, bits: depth(3))
    var encoder = try #require(try settings.makeFrameEncoder())
    let bomb = try encoder.encode(
      [quantized([UInt8](repeating: 1, count: count), bits: 3)], isDelta: false)
    let shape = Shape([10_000])
    var decoder = FrameDecoder(fingerprint: CutFingerprint(value: 7))
    let error = #expect(throws: SplitpipeError.self) {
      try decoder.decode(
        key(codec, shape: shape, payload: bomb),
        expecting: [TensorDescription(name: "t", shape: shape)])
    }
    #expect(error?.kind == .badData)
    #expect(error?.message.contains("cannot read the \(name) bytes of a frame") == true)
  }

  @Test(arguments: ["zlib", "zstd"])
  func `two streams, a tail and codes that are too large are refused`(name: String) throws {
    let codec = try CodecName.parse(name)
    let settings = try CodecSettings(codec: codec, bits: depth(8))
    var encoder = try #require(try settings.makeFrameEncoder())
    func payload(_ codes: [UInt8]) throws -> [UInt8] {
      try encoder.encode([quantized(codes, bits: 8)], isDelta: false)
    }
    let good = try payload([1, 2, 3, 7])
    let halves = try payload([1, 2]) + payload([3, 7])
    let large = try payload([1, 2, 3, 8])
    let shape = Shape([4])
    let expected = [TensorDescription(name: "t", shape: shape)]
    var decoder = FrameDecoder(fingerprint: CutFingerprint(value: 7))
    let frame = try decoder.decode(
      key(codec, shape: shape, payload: good), expecting: expected)
    #expect(frame.quantized?.first?.codes == [1, 2, 3, 7])
    for bad in [halves, good + [0], good + good, large, []] {
      let error = #expect(throws: SplitpipeError.self) {
        try decoder.decode(key(codec, shape: shape, payload: bad), expecting: expected)
      }
      #expect(error?.kind == .badData)
    }
  }

  @Test func `a short payload for a huge shape takes no memory for it`() throws {
    let shape = Shape([1, 1024, 64, 1024])
    for name in ["zlib", "zstd"] {
      let codec = try CodecName.parse(name)
      var decoder = FrameDecoder(fingerprint: CutFingerprint(value: 7))
      #expect(throws: SplitpipeError.self) {
        try decoder.decode(
          key(codec, shape: shape, payload: [0x78, 0x9C, 3, 0, 0, 0, 0, 1]),
          expecting: [TensorDescription(name: "t", shape: shape)])
      }
    }
  }

  @Test func `ranges that are none are refused`() throws {
    for range in ["00 00 c0 7f 00 00 80 3f", "00 00 80 3f 00 00 00 00", "00 00 00 00"] {
      let packet = Packet(
        settings: try CodecSettings(codec: .zlib, bits: depth(3)), dependency: .key, sequence: 0,
        stamp: FrameStamp(index: 0, seconds: 0),
        keyHeader: Packet.KeyHeader(fingerprint: CutFingerprint(value: 7), shapes: [Shape([4])]),
        contents: .joined(bytes(range)))
      var decoder = FrameDecoder(fingerprint: CutFingerprint(value: 7))
      let error = #expect(throws: SplitpipeError.self) {
        try decoder.decode(
          packet.serialized(), expecting: [TensorDescription(name: "t", shape: Shape([4]))])
      }
      #expect(error?.message.contains("expected") == true)
    }
  }
}
