import SplitpipeCodec
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeEndpoints

@Suite(OpenVINORuntime.needed) struct `Restoring packets` {
  private let sizes = FrameSizes(
    source: PixelSize(width: 640, height: 360), input: PixelSize(width: 640, height: 384))

  /// Packets of a few frames under the settings of a test.
  private func packets(
    split: String = "4.m", sizes: FrameSizes?, count: Int = 3
  ) throws -> [[UInt8]] {
    let model = try DemoModel.cut(at: split)
    let codec = try CodecSettings(codec: .context, bits: #require(BitDepth(3)))
    var quantize = try QuantizeStep(CodingSettings(codec: codec))
    var encode = EncodeStep(codec, fingerprint: model.fingerprint)
    return try (0..<count).map { index in
      let frame = MovingBlocks.frame(index)
      let frontier = try model.runHead(MovingBlocks().prepare(frame))
      let quantized = try quantize.quantize(frontier, of: frame.stamp, sizes: sizes)
      return try encode.encode(quantized, frontier: frontier, of: frame.stamp, sizes: sizes)
        .serialized()
    }
  }

  private func refusal(_ restored: Restored) -> PacketRefusal? {
    if case .refused(let refusal) = restored { refusal } else { nil }
  }

  @Test func `what cannot be used is refused with a reason, and changes nothing`() throws {
    let good = try packets(sizes: sizes)
    let otherSplit = try packets(split: "6", sizes: sizes, count: 1)[0]
    let otherInput = try packets(
      sizes: FrameSizes(source: sizes.source, input: PixelSize(width: 640, height: 640)),
      count: 1)[0]
    let withoutSizes = try packets(sizes: nil, count: 1)[0]
    let request = KeyRequest()
    var step = RestoreStep(try DemoModel.cut(at: "4.m"), request: request)

    func refused(_ bytes: [UInt8]) throws -> PacketRefusal {
      try #require(refusal(try step.restore(bytes)))
    }
    let early = try refused(good[1])
    #expect(early.reason == .missingBase(0))
    #expect(request.take())
    #expect(try refused([]).reason == .unreadable)
    #expect(try refused(good[0].dropLast()).reason == .unreadable)
    #expect(try refused(otherSplit).sentence.contains("use the same model and split"))
    #expect(
      try refused(otherInput).sentence
        == "packet 0 (frame 0) holds a picture of 640×360 in an input of 640×640, expected "
        + "640×384; use the same model on both sides")
    #expect(try refused(withoutSizes).sentence.contains("does not say the sizes"))
    #expect(request.take())

    #expect(refusal(try step.restore(good[0])) == nil)
    #expect(refusal(try step.restore(good[1])) == nil)
    // Damage between two good packets: the second still has its base.
    #expect(try refused(good[2].map { $0 ^ 1 }).reason == .unreadable)
    #expect(refusal(try step.restore(good[2])) == nil)
  }

  @Test func `packets without sizes are read where the sizes are known`() throws {
    var step = RestoreStep(try DemoModel.cut(at: "4.m"), assuming: sizes)
    for bytes in try packets(sizes: nil) {
      let restored = try step.restore(bytes)
      guard case .frame(let frame) = restored else {
        Issue.record("\(restored)")
        continue
      }
      #expect(frame.letterbox.frame == sizes.source && frame.letterbox.input == sizes.input)
    }
  }

  @Test func `a key frame is asked for once, however many packets lean on a lost one`() throws {
    let sent = try packets(sizes: sizes, count: 5)
    let request = KeyRequest()
    var step = RestoreStep(try DemoModel.cut(at: "4.m"), request: request)
    #expect(refusal(try step.restore(sent[0])) == nil)
    #expect(!request.take())
    var asked = 0
    for bytes in sent[2...] {
      #expect(refusal(try step.restore(bytes))?.reason != nil)
      if request.take() { asked += 1 }
    }
    #expect(asked == 1)
    // The key asked for was damaged as well: it is asked for again.
    #expect(refusal(try step.restore([1, 2, 3]))?.reason == .unreadable)
    #expect(request.take())
  }
}
