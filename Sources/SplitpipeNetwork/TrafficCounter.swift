import NIOCore
internal import Synchronization

/// Bytes that crossed the wire, of any number of connections.
final class Traffic: Sendable {
  private let sent = Atomic(0)
  private let received = Atomic(0)

  var up: Int { sent.load(ordering: .relaxed) }
  var down: Int { received.load(ordering: .relaxed) }

  func noteSent(_ count: Int) { sent.add(count, ordering: .relaxed) }
  func noteReceived(_ count: Int) { received.add(count, ordering: .relaxed) }
}

/// Counts the bytes of one connection as the socket sees them: framing and encryption included.
final class TrafficCounter: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let traffic: Traffic

  init(_ traffic: Traffic) { self.traffic = traffic }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    traffic.noteReceived(unwrapInboundIn(data).readableBytes)
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    traffic.noteSent(unwrapOutboundIn(data).readableBytes)
    context.write(data, promise: promise)
  }
}
