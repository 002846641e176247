import SplitpipeConcurrency
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeTransport

/// A link whose sender and receiver are the same object, and what a test may look at.
struct TestedLink: Sendable {
  let link: any PacketLink
  /// Calls that wait at this moment.
  let waiting: @Sendable () -> ChannelWaiting

  init(_ link: InProcessLink) {
    self.link = link
    waiting = { link.waiting }
  }

  init(_ link: StreamLink) {
    self.link = link
    waiting = { link.waiting }
  }
}

/// A kind of link.
struct LinkKind: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// How many packets of 1 MiB it takes while nobody receives.
  let held: Int
  let make: @Sendable () throws -> TestedLink

  static let all: [LinkKind] = [
    LinkKind(testDescription: "in process", held: 2) { TestedLink(InProcessLink()) },
    LinkKind(testDescription: "in process, one packet", held: 1) {
      TestedLink(InProcessLink(capacity: LinkCapacity(packets: 1, bytes: 0)))
    },
    LinkKind(testDescription: "UNIX sockets", held: 0) {
      TestedLink(try StreamLink.loopback(limit: 4 << 20))
    },
  ]
}

/// What every link promises.
@Suite(.ownThread, .timeLimit(.minutes(1)))
struct `Every packet link` {
  private func packets(seed: UInt64, count: Int, largest: Int) -> [[UInt8]] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      let size = Int.random(in: 0...largest, using: &generator)
      return (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ size) }
    }
  }

  private func receiveAll(_ link: any PacketLink) async throws -> [[UInt8]] {
    var received: [[UInt8]] = []
    while let packet = try await link.receive() { received.append(packet) }
    return received
  }

  @Test(arguments: LinkKind.all, 0..<5 as Range<UInt64>)
  func `delivers packets whole and in order, then the end`(kind: LinkKind, seed: UInt64)
    async throws
  {
    let link = try kind.make().link
    let sent = packets(seed: seed, count: 100, largest: 5000)
    async let sending: Void = {
      for packet in sent { try await link.send(packet) }
      await link.finish()
    }()
    let received = try await receiveAll(link)
    try await sending
    #expect(received == sent, "seed \(seed)")
    #expect(try await link.receive() == nil)
  }

  @Test(arguments: LinkKind.all)
  func `lets a packet pass that is larger than any buffer`(kind: LinkKind) async throws {
    let link = try kind.make().link
    let sent = [[UInt8](repeating: 7, count: 3 << 20), [], [1]]
    async let sending: Void = {
      for packet in sent { try await link.send(packet) }
      await link.finish()
    }()
    #expect(try await receiveAll(link) == sent)
    try await sending
  }

  @Test(arguments: LinkKind.all)
  func `holds a sender back until the receiver takes packets`(kind: LinkKind) async throws {
    let tested = try kind.make()
    let packet = [UInt8](repeating: 1, count: 1 << 20)
    let sent = Counter()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        while true {
          try await tested.link.send(packet)
          sent.count()
        }
      }
      try await wait { tested.waiting().senders == 1 }
      #expect(sent.value == kind.held)
      for received in 1...20 {
        #expect(try await tested.link.receive() == packet)
        #expect(sent.value <= kind.held + received)
      }
      group.cancelAll()
      await #expect(throws: CancellationError.self) { try await group.next() }
    }
  }

  @Test(arguments: LinkKind.all)
  func `ends a cancelled receive and loses no packet`(kind: LinkKind) async throws {
    let tested = try kind.make()
    for number in 0..<50 as Range<UInt8> {
      try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
        group.addTask { try await tested.link.receive() }
        try await wait { tested.waiting().receivers == 1 }
        group.cancelAll()
        await #expect(throws: CancellationError.self) { try await group.next() }
      }
      async let received = tested.link.receive()
      try await tested.link.send([number])
      #expect(try await received == [number])
    }
  }

  @Test(arguments: LinkKind.all)
  func `refuses a call of a cancelled task at once`(kind: LinkKind) async throws {
    let link = try kind.make().link
    await withTaskGroup(of: Void.self) { group in
      group.cancelAll()
      group.addTask {
        await #expect(throws: CancellationError.self) { try await link.send([1]) }
        await #expect(throws: CancellationError.self) { _ = try await link.receive() }
      }
    }
    async let received = link.receive()
    try await link.send([2])
    #expect(try await received == [2])
  }

  @Test(arguments: LinkKind.all)
  func `wakes a waiting receiver when it is finished, and takes no more`(
    kind: LinkKind
  ) async throws {
    let tested = try kind.make()
    async let received = tested.link.receive()
    try await wait { tested.waiting().receivers == 1 }
    await tested.link.finish()
    await tested.link.finish()
    #expect(try await received == nil)
    let error = await #expect(throws: SplitpipeError.self) { try await tested.link.send([1]) }
    #expect(error?.kind == .bug)
  }
}
