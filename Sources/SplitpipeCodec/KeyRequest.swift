internal import Synchronization

/// A receiver's wish for a key frame, on its way to the sender; shared by both ends.
///
/// Whoever receives makes a request when a packet leans on one it does not have; whoever decides on
/// key frames takes it. Several requests before the next frame are one.
public final class KeyRequest: Sendable {
  private let isWanted = Atomic(false)

  /// Starts without a wish.
  public init() {}

  /// Asks for a key frame as soon as there is a frame.
  public func request() { isWanted.store(true, ordering: .releasing) }

  /// Whether a key frame has been asked for since this was called last.
  public func take() -> Bool { isWanted.exchange(false, ordering: .acquiringAndReleasing) }
}
