internal import Glibc
import NIOCore
import SplitpipeConcurrency

/// What the kernel is asked of each connection's socket.
///
/// BBR (Cardwell and others, "BBR: Congestion-Based Congestion Control", 2016) keeps frames flowing where
/// packets are lost, which makes the usual cubic collapse; a small unsent backlog keeps frames from growing
/// old inside the kernel; and a peer that acknowledges nothing is given up.
struct SocketSettings: Sendable {
  /// Congestion control, where the kernel has it.
  var congestionControl = "bbr"
  /// Bytes that may wait in the kernel unsent.
  var unsentBytes: Int32 = 32 << 10
  /// Milliseconds without an acknowledgement until the connection is given up.
  var userTimeout: Int32 = 3_000

  /// `TCP_NOTSENT_LOWAT` and `TCP_USER_TIMEOUT` of linux/tcp.h.
  private static let notSentLowWater: CInt = 25
  private static let userTimeoutOption: CInt = 18

  /// Sets what can be set.
  ///
  /// - Parameters:
  ///   - channel: a connection; one that is no socket is left as it is.
  ///   - note: called where the kernel does not have the congestion control.
  /// - Returns: done when the kernel has been told; never fails.
  func apply(
    to channel: any Channel, note: @escaping @Sendable (String) -> Void
  ) -> EventLoopFuture<Void> {
    guard let socket = channel as? any SocketOptionProvider else {
      return channel.eventLoop.makeSucceededVoidFuture()
    }
    let tcp = CInt(IPPROTO_TCP)
    let (unsent, timeout) = (unsentBytes, userTimeout)
    let settings: [EventLoopFuture<Void>] = [
      socket.unsafeSetSocketOption(
        level: NIOBSDSocket.OptionLevel(rawValue: tcp),
        name: NIOBSDSocket.Option(rawValue: Self.notSentLowWater), value: unsent),
      socket.unsafeSetSocketOption(
        level: NIOBSDSocket.OptionLevel(rawValue: tcp),
        name: NIOBSDSocket.Option(rawValue: Self.userTimeoutOption), value: timeout),
      socket.unsafeSetSocketOption(
        level: NIOBSDSocket.OptionLevel(rawValue: tcp),
        name: NIOBSDSocket.Option(rawValue: CInt(TCP_NODELAY)), value: CInt(1)),
    ]
    let name = Self.fixedName(congestionControl)
    let congestion: EventLoopFuture<Void> = socket.unsafeSetSocketOption(
      level: NIOBSDSocket.OptionLevel(rawValue: tcp),
      name: NIOBSDSocket.Option(rawValue: CInt(TCP_CONGESTION)), value: name)
    let wanted = congestionControl
    let chosen = congestion.flatMapErrorThrowing { _ in
      note(
        "this kernel does not have the congestion control \(wanted); with its own, a link that loses "
          + "packets may become slow")
    }
    return EventLoopFuture.andAllComplete(settings + [chosen], on: channel.eventLoop)
  }

  /// A name of at most fifteen bytes, as the kernel takes it: ended by zeros.
  private static func fixedName(_ name: String) -> SIMD16<UInt8> {
    var bytes = SIMD16<UInt8>(repeating: 0)
    for (place, byte) in name.utf8.prefix(15).enumerated() { bytes[place] = byte }
    return bytes
  }
}
