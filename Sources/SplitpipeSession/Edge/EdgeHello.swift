internal import FoundationEssentials
import SplitpipeCodec
import SplitpipeCore
import SplitpipeEndpoints
import SplitpipeProtocol

extension RemoteTail {
  /// What a connection begins with.
  ///
  /// - Parameter epoch: greater than that of any connection of this camera before.
  /// - Returns: the first message.
  /// - Throws: a model that cannot be cut at the size of the first frame.
  func hello(epoch: UInt64) throws -> Hello {
    var hello = Hello()
    hello.protocol = protocolVersion
    hello.camera = settings.camera.text
    hello.session = Data(session)
    hello.epoch = epoch
    hello.fingerprint = model.fingerprint.value
    hello.split = model.split
    let sizes = settings.sizes
    hello.crossing = try model.crossing(at: sizes.input).map(Splitpipe_V1_TensorShape.init)
    hello.sourceWidth = UInt32(clamping: sizes.source.width)
    hello.sourceHeight = UInt32(clamping: sizes.source.height)
    hello.inputWidth = UInt32(clamping: sizes.input.width)
    hello.inputHeight = UInt32(clamping: sizes.input.height)
    hello.packetVersion = UInt32(Packet.version)
    hello.codec = UInt32(settings.coding.codec.codec.wireIdentifier)
    hello.bits = UInt32(settings.coding.codec.bits.bits)
    hello.frameRate = settings.frameRate ?? 0
    hello.latencyBudgetMs = UInt32(clamping: settings.latencyBudget.milliseconds)
    hello.delivery = settings.delivery == .live ? .live : .everyFrame
    hello.boxes = settings.boxes.message
    if let scored = settings.scored { hello.scored = scored.message }
    hello.software = "splitpipe \(splitpipeVersion)"
    return hello
  }
}
