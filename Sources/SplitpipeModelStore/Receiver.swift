internal import CCurl
import SplitpipeCore

/// What libcurl calls during a transfer, all on the thread that runs it.
@safe
final class Receiver {
  private let isStopped: () -> Bool
  private let body: (ResponseHeader, Span<UInt8>) throws -> Void
  private let stallTimeout: Duration
  /// The handle whose transfer this is; set by its owner before anything is called.
  var handle: UnsafeMutableRawPointer?
  private(set) var head = ResponseHeader()
  /// Why this side ended the transfer.
  private(set) var failure: (any Error)?
  private var lastSign = ContinuousClock.now

  init(
    isStopped: @escaping () -> Bool, body: @escaping (ResponseHeader, Span<UInt8>) throws -> Void,
    stallTimeout: Duration
  ) {
    self.isStopped = isStopped
    self.body = body
    self.stallTimeout = stallTimeout
  }

  /// The receiver that libcurl hands back; it lives through the transfer.
  static func at(_ context: UnsafeMutableRawPointer?) -> Receiver? {
    unsafe context.map { unsafe Unmanaged<Receiver>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Takes a line of a response's head; returns how many of its bytes were taken.
  func takeField(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    lastSign = .now
    let line = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
    head.add(unsafe String(decoding: line, as: UTF8.self))
    return count
  }

  /// Takes a piece of the body; fewer bytes than given end the transfer.
  func takeBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    head.length = unsafe handle.flatMap {
      let length = unsafe ccurl_announced_length($0)
      return length < 0 ? nil : Int(length)
    }
    do {
      let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
      try unsafe body(head, piece.assumingMemoryBound(to: UInt8.self).span)
    } catch {
      failure = error
      // Zero would mean success for an empty piece.
      return count == 0 ? 1 : 0
    }
    lastSign = .now
    return count
  }

  /// Whether a transfer may go on that has just arrived at nothing new, or at something.
  func mayGoOn() -> Bool {
    if isStopped() {
      failure = CancellationError()
    } else if ContinuousClock.now - lastSign > stallTimeout {
      failure = TransferProblem(.silent, "nothing came for \(stallTimeout)")
    }
    return failure == nil
  }
}
