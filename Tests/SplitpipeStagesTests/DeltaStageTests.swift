import SplitpipeCodec
import SplitpipeCore
import SplitpipePipeline
import Testing

@testable import SplitpipeStages

@Suite struct `The quantizing and coding stages` {
  private let request = KeyRequest()
  private let ledger = RunLedger()

  private func frontier(_ index: Int) -> Frontier {
    let values = (0..<4 * 40).map { Float($0 % 40) + Float(index) * 0.1 }
    return Frontier(tensors: [
      NamedTensor(name: "t", tensor: Tensor(shape: Shape([1, 1, 4, 40]), values: values))
    ])
  }

  /// What the two stages make of eight frames, a key being asked for before each of `requests`.
  private func run(
    _ codec: CodecName, _ quantizer: String, interval: Int = 60, requests: Set<Int> = []
  ) async throws -> [Packet] {
    let bits = try #require(BitDepth(3))
    let settings = try CodecSettings(codec: codec, bits: bits)
    let quantizing = try QuantizerSettings.parse(quantizer)
    var delta = DeltaStage(
      schedule: KeySchedule(
        codec: settings, quantizer: quantizing, interval: interval, request: request),
      quantizer: try FrameQuantizer(settings: quantizing, bits: bits), ledger: ledger)
    var encode = EncodeStage(
      encoder: FrameEncoder(settings: settings, fingerprint: CutFingerprint(value: 1)),
      ledger: ledger)
    var packets: [Packet] = []
    for index in 0..<8 {
      if requests.contains(index) { request.request() }
      var record = FrameRecord(stamp: FrameStamp(index: index, seconds: 0))
      record[Slots.frontier] = frontier(index)
      try await delta.process(&record)
      try await encode.process(&record)
      packets.append(try Packet(parsing: record.require(Slots.packet)))
    }
    return packets
  }

  @Test func `make keys at intervals and when the receiver asks for one`() async throws {
    let packets = try await run(.context, "paper", interval: 3, requests: [4])
    let keys = packets.indices.filter { packets[$0].dependency == .key }
    #expect(keys == [0, 3, 4, 7])
    #expect(ledger.totals.keyFrames == 4)
  }

  @Test func `take held ranges anew at a key and count what lies outside`() async throws {
    let packets = try await run(.context, "held=0", interval: 4)
    #expect(packets.map(\.keepsRanges) == [false, true, true, true, false, true, true, true])
    // Values rise by 0.1 a frame: those of the last column, and then more, pass the held maximum.
    #expect(ledger.totals.clamped == 2 * 3 * 4)
    #expect(ledger.totals.keyFrames == 2)
  }

  @Test func `make a key of every frame with the paper's codec and quantizer`() async throws {
    let packets = try await run(.rle, "paper")
    #expect(packets.allSatisfy { $0.dependency == .key })
    #expect(ledger.totals.keyFrames == 8)
    #expect(ledger.totals.clamped == 0)
  }
}
