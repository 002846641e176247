package import SplitpipeCore

/// The states of a bounded first-in, first-out queue between tasks, apart from any concurrency.
///
/// Each step says what to do once the lock around the state has been left. Waiting senders come
/// before new ones and waiting receivers before new ones, so order is kept whoever waits.
struct ChannelState<Element: Sendable> {
  typealias Sender = CheckedContinuation<Void, any Error>
  typealias Receiver = CheckedContinuation<Element?, any Error>

  /// An element on its way to whoever receives it, and the senders it makes room for.
  struct Delivery {
    var element: Element?
    var receiver: Receiver?
    var admitted: [Sender] = []
  }

  private let capacity: Int
  private let weightLimit: Int
  private var elements: [(element: Element, weight: Int)] = []
  private var weight = 0
  private var senders: [(ticket: Int, element: Element, weight: Int, sender: Sender)] = []
  private var receivers: [(ticket: Int, receiver: Receiver)] = []
  private var isFinished = false
  private var nextTicket = 0

  init(capacity: Int, weightLimit: Int) {
    self.capacity = capacity
    self.weightLimit = weightLimit
  }

  /// Elements accepted and not yet received.
  var depth: Int { elements.count }

  /// Calls that wait.
  var waiting: ChannelWaiting {
    ChannelWaiting(senders: senders.count, receivers: receivers.count)
  }

  /// A name for one call that has to wait.
  mutating func takeTicket() -> Int {
    nextTicket += 1
    return nextTicket
  }

  /// Takes an element if its sender need not wait; nil if it must.
  mutating func accept(_ element: Element, weight: Int) throws(SplitpipeError) -> Delivery? {
    if isFinished { throw .sentAfterFinish }
    if !receivers.isEmpty {
      return Delivery(element: element, receiver: receivers.removeFirst().receiver)
    }
    guard senders.isEmpty, hasRoom(for: weight) else { return nil }
    append(element, weight)
    return Delivery()
  }

  /// Gives the oldest element, or the end, if its receiver need not wait; nil if it must.
  mutating func give() -> Delivery? {
    guard !elements.isEmpty else { return isFinished ? Delivery() : nil }
    let first = elements.removeFirst()
    weight -= first.weight
    return Delivery(element: first.element, admitted: admitWaiting())
  }

  /// Lets a sender wait.
  mutating func wait(_ element: Element, weight: Int, ticket: Int, sender: Sender) {
    senders.append((ticket, element, weight, sender))
  }

  /// Lets a receiver wait.
  mutating func wait(ticket: Int, receiver: Receiver) { receivers.append((ticket, receiver)) }

  /// Nothing can be sent from here on; what was sent before, also by waiting senders, is delivered.
  ///
  /// - Returns: the receivers to be told of the end.
  mutating func finish() -> [Receiver] {
    isFinished = true
    // Receivers wait only while nothing is held and no sender waits.
    defer { receivers = [] }
    return receivers.map(\.receiver)
  }

  /// Ends the wait of a cancelled receiver.
  mutating func cancelReceiver(_ ticket: Int) -> Receiver? {
    guard let index = receivers.firstIndex(where: { $0.ticket == ticket }) else { return nil }
    return receivers.remove(at: index).receiver
  }

  /// Ends the wait of a cancelled sender; its element is not sent.
  ///
  /// - Returns: the sender, and those that a large element of its may have held up.
  mutating func cancelSender(_ ticket: Int) -> (cancelled: Sender, admitted: [Sender])? {
    guard let index = senders.firstIndex(where: { $0.ticket == ticket }) else { return nil }
    return (senders.remove(at: index).sender, admitWaiting())
  }

  private mutating func admitWaiting() -> [Sender] {
    var admitted: [Sender] = []
    while let first = senders.first, hasRoom(for: first.weight) {
      append(first.element, first.weight)
      admitted.append(first.sender)
      senders.removeFirst()
    }
    return admitted
  }

  /// An empty queue takes any element, so that one over the limit still passes, alone.
  private func hasRoom(for weight: Int) -> Bool {
    elements.isEmpty
      || (elements.count < capacity && self.weight + weight <= weightLimit)
  }

  private mutating func append(_ element: Element, _ weight: Int) {
    elements.append((element, weight))
    self.weight += weight
  }
}

/// How many calls wait at a channel.
package struct ChannelWaiting: Sendable, Equatable {
  /// Calls of `send` that wait for room.
  package var senders: Int
  /// Calls of `receive` that wait for an element.
  package var receivers: Int

  /// That many.
  package init(senders: Int = 0, receivers: Int = 0) {
    self.senders = senders
    self.receivers = receivers
  }
}

extension SplitpipeError {
  /// A promise that a sender broke.
  package static let sentAfterFinish = SplitpipeError(
    .bug, "something was sent after its sender had finished")
}
