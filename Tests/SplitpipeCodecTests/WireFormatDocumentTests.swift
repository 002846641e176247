import Foundation
import SplitpipeCodec
import SplitpipeCore
import Testing

/// Documentation/wire-format.md, whose examples must be what it says they are.
struct WireFormatDocumentTests {
  private static let document = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Documentation/wire-format.md")

  private func examples() throws -> [[UInt8]] {
    let text = try String(contentsOf: Self.document, encoding: .utf8)
    return text.components(separatedBy: "```hex\n").dropFirst().map { block in
      bytes(block.components(separatedBy: "```")[0])
    }
  }

  private func decoder() -> FrameDecoder {
    FrameDecoder(fingerprint: CutFingerprint(value: 0x0123_4567_89AB_CDEF))
  }

  @Test func `the run-length example reads as explained, in every version`() throws {
    let examples = try examples()
    try #require(examples.count == 6)
    let sizes = FrameSizes(
      source: PixelSize(width: 1280, height: 720), input: PixelSize(width: 640, height: 384))
    for (bytes, sizes) in zip(examples, [sizes, nil, nil, nil]) {
      let packet = try Packet(parsing: bytes)
      #expect(packet.settings == (try CodecSettings(codec: .rle, bits: depth(2))))
      #expect(packet.dependency == .key)
      #expect(packet.sequence == 300)
      #expect(packet.stamp == FrameStamp(index: 5, seconds: 0.25))
      #expect(packet.payloadBytes == [10])
      var decoder = decoder()
      let frame = try decoder.decode(
        packet, expecting: [TensorDescription(name: "t", shape: Shape([1, 2, 2, 2]))])
      #expect(frame.sizes == sizes)
      #expect(frame.quantized?.first?.codes == [0, 0, 0, 0, 0, 1, 3, 0])
      #expect(frame.frontier.tensors.first?.tensor.values == [-1, -1, -1, -1, -1, 0, 2, -1])
    }
    #expect(try Packet(parsing: examples[0]).serialized() == examples[0])
    for older in examples[2...3] {
      #expect(try Packet(parsing: older).serialized() == examples[1])
    }
  }

  @Test func `the key and its delta read as explained`() throws {
    let examples = try examples()
    try #require(examples.count == 6)
    let expected = [TensorDescription(name: "t", shape: Shape([4]))]
    var decoder = decoder()
    let key = try decoder.decode(examples[4], expecting: expected)
    #expect(key.stamp == FrameStamp(index: 0, seconds: 0))
    let sizes = FrameSizes(
      source: PixelSize(width: 720, height: 1280), input: PixelSize(width: 384, height: 640))
    #expect(key.sizes == sizes)
    #expect(key.frontier.tensors.first?.tensor.values == [0, 1, 2, 3])
    let delta = try decoder.decode(examples[5], expecting: expected)
    #expect(delta.stamp == FrameStamp(index: 1, seconds: 0.04))
    #expect(delta.sizes == sizes)
    #expect(delta.quantized?.first?.codes == [0, 1, 3, 3])
    #expect(delta.frontier.tensors.first?.tensor.values == [0, 1, 3, 3])
    let packet = try Packet(parsing: examples[5])
    #expect(packet.dependency == .delta(from: 7))
    #expect(packet.serialized() == examples[5])
  }
}
