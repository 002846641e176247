internal import SplitpipeCore
internal import Synchronization

/// A first-in first-out queue between tasks that holds fast senders back.
///
/// Any number of tasks may send and receive. A cancelled call throws `CancellationError` and leaves
/// the channel as if it had not been made.
package final class BoundedChannel<Element: Sendable>: Sendable {
  private let weigh: @Sendable (Element) -> Int
  private let state: Mutex<ChannelState<Element>>

  /// A channel with nothing in it.
  ///
  /// - Parameters:
  ///   - capacity: the most elements it holds, at least 1.
  ///   - weightLimit: the most that all of them weigh; one that is heavier still passes, alone.
  ///   - weigh: what an element weighs.
  package init(
    capacity: Int, weightLimit: Int = .max, weighing weigh: @escaping @Sendable (Element) -> Int
  ) {
    precondition(capacity >= 1 && weightLimit >= 0, "a channel holds at least one element")
    self.weigh = weigh
    state = Mutex(ChannelState(capacity: capacity, weightLimit: weightLimit))
  }

  /// A channel with nothing in it, for at least one element at a time.
  package convenience init(capacity: Int) {
    self.init(capacity: capacity, weighing: { _ in 0 })
  }

  /// Elements sent and not yet received.
  package var depth: Int { state.withLock { $0.depth } }

  /// Calls that wait at this moment.
  package var waiting: ChannelWaiting { state.withLock { $0.waiting } }

  /// Sends an element; suspends while the channel is full.
  ///
  /// - Throws: `CancellationError`; a bug if `finish()` was called before.
  package func send(_ element: Element) async throws {
    try Task.checkCancellation()
    let weight = weigh(element)
    if let sent = try state.withLock({ try $0.accept(element, weight: weight) }) {
      return sent.perform()
    }
    let ticket = state.withLock { $0.takeTicket() }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { sender in
        wait(toSend: element, weight, ticket, sender)
      }
    } onCancel: {
      guard let (sender, admitted) = state.withLock({ $0.cancelSender(ticket) }) else { return }
      sender.resume(throwing: CancellationError())
      for sender in admitted { sender.resume() }
    }
  }

  /// Takes the oldest element; suspends while there is none; nil once all senders have finished and
  /// all is delivered.
  ///
  /// - Throws: `CancellationError`.
  package func receive() async throws -> Element? {
    try Task.checkCancellation()
    if let delivery = state.withLock({ $0.give() }) {
      delivery.perform()
      return delivery.element
    }
    let ticket = state.withLock { $0.takeTicket() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { receiver in
        wait(toReceive: ticket, receiver)
      }
    } onCancel: {
      let receiver = state.withLock { $0.cancelReceiver(ticket) }
      receiver?.resume(throwing: CancellationError())
    }
  }

  /// No more elements come; those waiting are still delivered.
  package func finish() {
    for receiver in state.withLock({ $0.finish() }) { receiver.resume(returning: nil) }
  }

  /// Suspends a sender, unless room has been made or its task has been cancelled in the meantime.
  private func wait(
    toSend element: Element, _ weight: Int, _ ticket: Int,
    _ sender: ChannelState<Element>.Sender
  ) {
    let now = Result {
      try state.withLock { state -> ChannelState<Element>.Delivery? in
        // A cancellation from here on finds the sender waiting.
        try Task.checkCancellation()
        if let sent = try state.accept(element, weight: weight) { return sent }
        state.wait(element, weight: weight, ticket: ticket, sender: sender)
        return nil
      }
    }
    switch now {
    case .success(nil): break
    case .success(let sent?):
      sent.perform()
      sender.resume()
    case .failure(let error): sender.resume(throwing: error)
    }
  }

  /// Suspends a receiver, unless an element has come or its task has been cancelled in the meantime.
  private func wait(toReceive ticket: Int, _ receiver: ChannelState<Element>.Receiver) {
    let now = Result {
      try state.withLock { state -> ChannelState<Element>.Delivery? in
        try Task.checkCancellation()
        if let delivery = state.give() { return delivery }
        state.wait(ticket: ticket, receiver: receiver)
        return nil
      }
    }
    switch now {
    case .success(nil): break
    case .success(let delivery?):
      delivery.perform()
      receiver.resume(returning: delivery.element)
    case .failure(let error): receiver.resume(throwing: error)
    }
  }
}

extension ChannelState.Delivery {
  /// Wakes whoever waited for this; outside the lock.
  func perform() {
    receiver?.resume(returning: element)
    for sender in admitted { sender.resume() }
  }
}
