import SplitpipeCodec
import SplitpipeCore
import SplitpipePipeline

/// Codes the frame's tensors into one packet and serialises it.
struct EncodeStage: Stage {
  var encoder: FrameEncoder
  let ledger: RunLedger

  mutating func process(_ record: inout FrameRecord) async throws {
    let packet =
      if let codes = record[Slots.codes] {
        try encoder.encode(
          stamp: record.stamp, tensors: codes, dependency: record.require(Slots.base))
      } else {
        try encoder.encode(stamp: record.stamp, frontier: record.require(Slots.frontier))
      }
    let bytes = packet.serialized()
    ledger.sent(bytes: bytes.count)
    record[Slots.packet] = bytes
    record[Slots.wireBytes] = bytes.count
  }
}

extension EncodeStage {
  static let name = "encode"
  static let summary = "codes the tensors into one packet"
  static let reads: SlotSet = [Slots.frontier, Slots.codes, Slots.base]
  static let writes: SlotSet = [Slots.packet, Slots.wireBytes]

  init(_ context: RunContext, _ options: Options) {
    self.init(
      encoder: FrameEncoder(settings: context.codec, fingerprint: context.fingerprint),
      ledger: context.ledger)
  }
}
