import SplitpipeCore

/// The states of a bounded first-in, first-out queue between tasks, apart from any concurrency.
///
/// Each step returns what to do once the lock around the queue has been left. Waiting senders come
/// before new ones and waiting receivers before new ones, so order is kept whoever waits.
struct PacketQueue {
  typealias Sender = CheckedContinuation<Void, any Error>
  typealias Receiver = CheckedContinuation<[UInt8]?, any Error>

  /// What the caller does outside the lock.
  enum Action {
    case nothing
    case resumeSender(Sender)
    case resumeSenders([Sender])
    case failSender(Sender, any Error)
    case deliver([UInt8]?, to: Receiver, resuming: [Sender])
    case failReceiver(Receiver, any Error)
    case endReceivers([Receiver])

    func perform() {
      switch self {
      case .nothing: break
      case .resumeSender(let sender): sender.resume()
      case .resumeSenders(let senders): for sender in senders { sender.resume() }
      case .failSender(let sender, let error): sender.resume(throwing: error)
      case .deliver(let bytes, let receiver, let senders):
        receiver.resume(returning: bytes)
        for sender in senders { sender.resume() }
      case .failReceiver(let receiver, let error): receiver.resume(throwing: error)
      case .endReceivers(let receivers):
        for receiver in receivers { receiver.resume(returning: nil) }
      }
    }
  }

  private let capacity: LinkCapacity
  private var buffer: [[UInt8]] = []
  private var bufferedBytes = 0
  private var senders: [(ticket: Int, bytes: [UInt8], sender: Sender)] = []
  private var receivers: [(ticket: Int, receiver: Receiver)] = []
  private var finished = false
  private var nextTicket = 0

  init(capacity: LinkCapacity) { self.capacity = capacity }

  /// Packets accepted and not yet received.
  var depth: Int { buffer.count }

  /// A name for one call that may have to wait.
  mutating func takeTicket() -> Int {
    nextTicket += 1
    return nextTicket
  }

  mutating func send(
    _ bytes: [UInt8], ticket: Int, isCancelled: Bool, sender: Sender
  ) -> Action {
    if isCancelled { return .failSender(sender, CancellationError()) }
    if finished { return .failSender(sender, SplitpipeError.sentAfterFinish) }
    if !receivers.isEmpty {
      let receiver = receivers.removeFirst().receiver
      return .deliver(bytes, to: receiver, resuming: [sender])
    }
    guard senders.isEmpty, hasRoom(for: bytes) else {
      senders.append((ticket, bytes, sender))
      return .nothing
    }
    append(bytes)
    return .resumeSender(sender)
  }

  mutating func receive(ticket: Int, isCancelled: Bool, receiver: Receiver) -> Action {
    if isCancelled { return .failReceiver(receiver, CancellationError()) }
    guard !buffer.isEmpty else {
      if finished { return .endReceivers([receiver]) }
      receivers.append((ticket, receiver))
      return .nothing
    }
    let bytes = buffer.removeFirst()
    bufferedBytes -= bytes.count
    return .deliver(bytes, to: receiver, resuming: admitWaiting())
  }

  /// Nothing can be sent from here on; what was sent before, also by waiting senders, is delivered.
  mutating func finish() -> Action {
    finished = true
    // Receivers wait only while nothing is buffered and no sender waits.
    defer { receivers = [] }
    return .endReceivers(receivers.map(\.receiver))
  }

  /// Ends the wait of a cancelled call; its packet, if any, is not sent.
  mutating func cancel(ticket: Int) -> [Action] {
    if let index = receivers.firstIndex(where: { $0.ticket == ticket }) {
      return [.failReceiver(receivers.remove(at: index).receiver, CancellationError())]
    }
    guard let index = senders.firstIndex(where: { $0.ticket == ticket }) else { return [] }
    let cancelled = senders.remove(at: index).sender
    // A large packet at the front may have held smaller ones back.
    return [.failSender(cancelled, CancellationError()), .resumeSenders(admitWaiting())]
  }

  private mutating func admitWaiting() -> [Sender] {
    var admitted: [Sender] = []
    while let first = senders.first, hasRoom(for: first.bytes) {
      append(first.bytes)
      admitted.append(first.sender)
      senders.removeFirst()
    }
    return admitted
  }

  /// An empty queue takes any packet, so that one larger than the byte limit still passes, alone.
  private func hasRoom(for bytes: [UInt8]) -> Bool {
    buffer.isEmpty
      || (buffer.count < capacity.packets && bufferedBytes + bytes.count <= capacity.bytes)
  }

  private mutating func append(_ bytes: [UInt8]) {
    buffer.append(bytes)
    bufferedBytes += bytes.count
  }
}

extension SplitpipeError {
  static let sentAfterFinish = SplitpipeError(
    .bug, "a packet was sent over a link that its sender had finished")
}
