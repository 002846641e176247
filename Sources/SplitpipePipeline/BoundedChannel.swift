internal import Synchronization

/// A first-in first-out queue between two stages that holds a slow sender back.
///
/// One task sends, one receives. Sending suspends while `capacity` elements wait; receiving while
/// none does. Cancelling either task throws `CancellationError` there.
final class BoundedChannel<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    var isFinished = false
    var sender: CheckedContinuation<Void, Never>?
    var receiver: CheckedContinuation<Void, Never>?

    mutating func takeSender() -> CheckedContinuation<Void, Never>? {
      defer { sender = nil }
      return sender
    }

    mutating func takeReceiver() -> CheckedContinuation<Void, Never>? {
      defer { receiver = nil }
      return receiver
    }
  }

  private let capacity: Int
  private let state = Mutex(State())

  /// - Precondition: `capacity` is at least 1.
  init(capacity: Int) {
    precondition(capacity >= 1, "a channel holds at least one element")
    self.capacity = capacity
  }

  /// Adds an element; suspends while the channel is full.
  func send(_ element: Element) async throws {
    while true {
      try Task.checkCancellation()
      let (sent, receiver) = state.withLock { state in
        guard state.elements.count < capacity else {
          return (false, CheckedContinuation<Void, Never>?.none)
        }
        state.elements.append(element)
        return (true, state.takeReceiver())
      }
      receiver?.resume()
      if sent { return }
      await wait(for: \.sender) { $0.elements.count < self.capacity }
    }
  }

  /// Takes the oldest element; suspends while there is none; nil once finished and empty.
  func receive() async throws -> Element? {
    while true {
      try Task.checkCancellation()
      let (outcome, sender) =
        state.withLock { state in
          if state.elements.isEmpty {
            return (state.isFinished ? .some(Element?.none) : nil, nil)
          }
          return (.some(state.elements.removeFirst()), state.takeSender())
        } as (Element??, CheckedContinuation<Void, Never>?)
      sender?.resume()
      if let outcome { return outcome }
      await wait(for: \.receiver) { !$0.elements.isEmpty || $0.isFinished }
    }
  }

  /// No more elements come; those waiting are still delivered.
  func finish() {
    let receiver = state.withLock { state in
      state.isFinished = true
      return state.takeReceiver()
    }
    receiver?.resume()
  }

  /// Suspends until woken, unless `isReady` already holds or the task is cancelled.
  private func wait(
    for waiter: any WritableKeyPath<State, CheckedContinuation<Void, Never>?> & Sendable,
    unless isReady: @Sendable (borrowing State) -> Bool
  ) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let resumeNow = state.withLock { state in
          if isReady(state) || Task.isCancelled { return true }
          state[keyPath: waiter] = continuation
          return false
        }
        if resumeNow { continuation.resume() }
      }
    } onCancel: {
      let waiting = state.withLock { state in
        let continuation = state[keyPath: waiter]
        state[keyPath: waiter] = nil
        return continuation
      }
      waiting?.resume()
    }
  }
}
