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

  static let definition = StageDefinition<RunContext>(
    "encode", "codes the tensors into one packet",
    reads: [Slots.frontier.name, Slots.codes.name, Slots.base.name],
    writes: [Slots.packet.name, Slots.wireBytes.name],
    make: .stage { context, _ in
      EncodeStage(
        encoder: FrameEncoder(settings: context.codec, fingerprint: context.fingerprint),
        ledger: context.ledger)
    })
}
