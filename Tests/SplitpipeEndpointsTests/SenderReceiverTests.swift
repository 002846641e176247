import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeModel
import SplitpipeTestSupport
import Testing

@testable import SplitpipeEndpoints

@Suite(OpenVINORuntime.needed) struct `Sender and receiver` {
  /// What the tail makes of a frame that crossed by hand, without packets.
  private func expected(_ sent: SentFrame, _ model: SplitModel) throws -> [Detection] {
    let arrived = sent.quantized.codes.map { Frontier(restoring: $0) } ?? sent.frontier
    let size = sent.input.letterbox.input
    return try model.detector(.evaluation).detect(
      model.runTail(arrived, at: size), letterbox: sent.input.letterbox)
  }

  @Test(arguments: [
    ("rle", 3, "paper"), ("packed", 2, "paper"), ("raw", 32, "paper"), ("zstd-dict", 5, "held"),
    ("context", 4, "paper"), ("context", 4, "joint+held+sticky=0.25"),
  ])
  func `give the boxes of one process, through packets alone`(
    codec: String, bits: Int, quantizer: String
  ) throws {
    let model = try DemoModel.cut(at: "4.m")
    let settings = CodingSettings(
      codec: try CodecSettings(codec: CodecName.parse(codec), bits: #require(BitDepth(bits))),
      quantizer: try QuantizerSettings.parse(quantizer), keyInterval: 4)
    var sender = try Sender(model, preparer: MovingBlocks(), settings: settings)
    // A model of its own: nothing but packets is shared.
    var receiver = try Receiver(DemoModel.cut(at: "4.m"), settings: .evaluation)
    var boxes = 0
    for index in 0..<10 {
      let sent = try sender.send(MovingBlocks.frame(index))
      let received = try receiver.receive(sent.packet.serialized())
      guard case .detected(let found) = received else {
        Issue.record("frame \(index): \(received)")
        continue
      }
      #expect(found.stamp == sent.stamp)
      #expect(found.letterbox == sent.input.letterbox)
      #expect(found.detections == (try expected(sent, model)), "frame \(index)")
      boxes += found.detections.count
    }
    #expect(boxes > 100)
  }

  @Test func `a picture of another size is a key frame, and boxes are in its pixels`() throws {
    let model = try DemoModel.cut(at: "4.m")
    let settings = CodingSettings(
      codec: try CodecSettings(codec: .context, bits: #require(BitDepth(4))))
    var sender = try Sender(model, preparer: MovingBlocks(), settings: settings)
    var receiver = try Receiver(DemoModel.cut(at: "4.m"), settings: .evaluation)
    // The second and the third have the same network input.
    let sizes = [
      PixelSize(width: 640, height: 360), PixelSize(width: 1280, height: 720),
      PixelSize(width: 1280, height: 730), PixelSize(width: 360, height: 640),
    ]
    for (number, size) in (sizes + sizes.reversed()).enumerated() {
      for step in 0..<2 {
        let sent = try sender.send(MovingBlocks.frame(number * 2 + step, size: size))
        let isNew = step == 0 && number != sizes.count
        #expect((sent.packet.dependency == .key) == isNew, "\(size), frame \(step)")
        guard case .detected(let found) = try receiver.receive(sent.packet.serialized()) else {
          Issue.record("refused at \(size)")
          continue
        }
        #expect(found.letterbox.frame == size)
        #expect(found.detections == (try expected(sent, model)))
      }
    }
  }

  @Test func `a stretched picture needs no more than its sizes to come back`() throws {
    let model = try DemoModel.cut(at: "4.m", placement: .stretched)
    let settings = CodingSettings(
      codec: try CodecSettings(codec: .context, bits: #require(BitDepth(8))))
    var sender = try Sender(
      model, preparer: MovingBlocks(geometry: model.whole.geometry), settings: settings)
    var receiver = try Receiver(
      DemoModel.cut(at: "4.m", placement: .stretched), settings: .evaluation)
    let sent = try sender.send(MovingBlocks.frame(0, size: PixelSize(width: 1280, height: 320)))
    guard case .detected(let found) = try receiver.receive(sent.packet.serialized()) else {
      Issue.record("refused")
      return
    }
    #expect(found.letterbox == sent.input.letterbox)
    #expect(found.letterbox.input == PixelSize(width: 640, height: 640))
    #expect(found.letterbox.scaleX == 0.5 && found.letterbox.scaleY == 2)
    #expect(found.detections == (try expected(sent, model)))
    #expect(!found.detections.isEmpty)
    // Who letterboxes otherwise expects another input of this picture, and says so.
    var other = try Receiver(DemoModel.cut(at: "4.m"), settings: .evaluation)
    guard case .refused(let refusal) = try other.receive(sent.packet.serialized()) else {
      Issue.record("taken")
      return
    }
    #expect(refusal.sentence.contains("in an input of 640×640, expected 640×160"))
  }

  /// One packet in fifty is damaged while three more are on their way.
  @Test func `a damaged packet costs a round trip, and no box is wrong meanwhile`() throws {
    let model = try DemoModel.cut(at: "4.m")
    let request = KeyRequest()
    let settings = CodingSettings(
      codec: try CodecSettings(codec: .context, bits: #require(BitDepth(4))),
      quantizer: try QuantizerSettings.parse("held+sticky=0.25"), keyInterval: 100_000)
    var sender = try Sender(
      model, preparer: MovingBlocks(), settings: settings, request: request)
    var receiver = try Receiver(
      DemoModel.cut(at: "4.m"), settings: .evaluation, request: request)
    let seed: UInt64 = 11
    var generator = SplitMix64(seed: seed)
    var underWay: [(index: Int, bytes: [UInt8], boxes: [Detection])] = []
    var (keys, refused): ([Int], [Int]) = ([], [])
    for index in 0..<200 {
      let sent = try sender.send(MovingBlocks.frame(index))
      if sent.packet.dependency == .key { keys.append(index) }
      var bytes = sent.packet.serialized()
      if index % 50 == 17 {
        let place = Int.random(in: bytes.indices, using: &generator)
        bytes[place] ^= UInt8.random(in: 1...255, using: &generator)
      }
      underWay.append((index, bytes, try expected(sent, model)))
      guard underWay.count > 3 else { continue }
      let arriving = underWay.removeFirst()
      switch try receiver.receive(arriving.bytes) {
      case .refused: refused.append(arriving.index)
      case .detected(let found):
        #expect(found.stamp.index == arriving.index, "seed \(seed)")
        #expect(found.detections == arriving.boxes, "frame \(arriving.index), seed \(seed)")
      }
    }
    // Packet 17 is refused when 20 has been sent: 18 to 20 lean on it, 21 is the key asked for.
    let damaged = [17, 67, 117, 167]
    #expect(refused == damaged.flatMap { [$0, $0 + 1, $0 + 2, $0 + 3] }, "seed \(seed)")
    #expect(keys == [0] + damaged.map { $0 + 4 }, "seed \(seed)")
  }
}
