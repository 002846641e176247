import NIOCore
internal import Synchronization

/// Closes connections that are too many, and those on which nothing has been asked after a while: what has
/// not shown who it is takes no place for long.
struct ConnectionGuard: Sendable {
  private let most: Int
  private let patience: TimeAmount
  private let count = SharedCount()

  /// - Parameters:
  ///   - most: connections at a time.
  ///   - patience: from a connection's beginning to its first stream.
  init(most: Int, patience: Duration) {
    self.most = most
    self.patience = .nanoseconds(patience.components.seconds * 1_000_000_000)
  }

  /// Watches a new connection.
  ///
  /// - Returns: fails where there are too many.
  func accept(_ channel: any Channel) -> EventLoopFuture<Void> {
    guard count.enter(most: most) else {
      return channel.eventLoop.makeFailedFuture(ChannelError.eof)
    }
    let count = count
    channel.closeFuture.whenComplete { _ in count.leave() }
    return channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(FirstStreamDeadline(patience))
    }
  }

  /// A stream has begun on a connection.
  func streamBegan(on connection: any Channel) {
    connection.pipeline.fireUserInboundEventTriggered(StreamBegan())
  }

  private struct StreamBegan {}

  private final class SharedCount: Sendable {
    private let count = Atomic(0)

    func enter(most: Int) -> Bool {
      guard count.add(1, ordering: .relaxed).newValue <= most else {
        count.subtract(1, ordering: .relaxed)
        return false
      }
      return true
    }

    func leave() { count.subtract(1, ordering: .relaxed) }
  }

  /// Closes a connection unless a stream has begun in time.
  private final class FirstStreamDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let patience: TimeAmount
    private var deadline: Scheduled<Void>?

    init(_ patience: TimeAmount) { self.patience = patience }

    func handlerAdded(context: ChannelHandlerContext) {
      let channel = context.channel
      deadline = context.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if event is StreamBegan {
        deadline?.cancel()
      }
      context.fireUserInboundEventTriggered(event)
    }
  }
}
