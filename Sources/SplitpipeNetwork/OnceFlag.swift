internal import Synchronization

/// Tells the first who asks from all others.
final class OnceFlag: Sendable {
  private let isSet = Atomic(false)

  var isFirst: Bool { !isSet.exchange(true, ordering: .relaxed) }
}
