import Synchronization

/// A number that several tasks count up and look at.
package final class Counter: Sendable {
  private let number = Atomic<Int>(0)

  /// Zero.
  package init() {}

  /// How often it was counted up.
  package var value: Int { number.load(ordering: .relaxed) }

  /// Counts one up.
  package func count() { number.add(1, ordering: .relaxed) }
}
