import SplitpipeConcurrency
import SplitpipeCore
import SplitpipeTestSupport
import SplitpipeTransport
import Testing

@Suite(.ownThread, .timeLimit(.minutes(1)))
struct `A link in this process` {
  @Test func `bounds both packets and bytes`() async throws {
    let link = InProcessLink(capacity: LinkCapacity(packets: 3, bytes: 10))
    try await link.send([1, 2, 3, 4])
    try await link.send([5, 6, 7, 8])
    #expect(link.depth == 2)
    // Three more bytes are over the limit, so this one waits and is then cancelled.
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await link.send([9, 10, 11]) }
      try await wait { link.waiting.senders == 1 }
      group.cancelAll()
      await #expect(throws: CancellationError.self) { try await group.next() }
    }
    try await link.send([9, 10])
    #expect(link.depth == 3)
    await link.finish()
    var received: [[UInt8]] = []
    while let packet = try await link.receive() { received.append(packet) }
    #expect(received == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]])
  }

  @Test func `delivers a packet that waits when the link is finished`() async throws {
    let link = InProcessLink(capacity: LinkCapacity(packets: 1, bytes: 100))
    try await link.send([0])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await link.send([1]) }
      try await wait { link.waiting.senders == 1 }
      await link.finish()
      #expect(try await link.receive() == [0])
      #expect(try await link.receive() == [1])
      #expect(try await link.receive() == nil)
      try await group.waitForAll()
    }
  }

  @Test func `is shared by many senders and receivers`() async throws {
    let link = InProcessLink(capacity: LinkCapacity(packets: 2, bytes: 1000))
    let total = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<3 {
        group.addTask {
          var sum = 0
          while let packet = try await link.receive() { sum += packet.count }
          return sum
        }
      }
      try await withThrowingTaskGroup(of: Void.self) { senders in
        for size in 1...4 {
          senders.addTask {
            for _ in 0..<100 { try await link.send([UInt8](repeating: 0, count: size)) }
          }
        }
        try await senders.waitForAll()
      }
      await link.finish()
      return try await group.reduce(0, +)
    }
    #expect(total == 1000)
  }

  @Test func `neither loses nor repeats other packets when waiting senders are cancelled`()
    async throws
  {
    let link = InProcessLink(capacity: LinkCapacity(packets: 1, bytes: 1000))
    for number in 0..<200 as Range<UInt8> {
      try await link.send([number])
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await link.send([201]) }
        group.addTask { try await link.send([202]) }
        try await wait { link.waiting.senders == 2 }
        group.cancelAll()
        await #expect(throws: CancellationError.self) { try await group.next() }
        await #expect(throws: CancellationError.self) { try await group.next() }
      }
      #expect(link.waiting == ChannelWaiting())
      #expect(try await link.receive() == [number])
      #expect(link.depth == 0)
    }
  }

  @Test func `keeps order while cancellation and a receiver race`() async throws {
    let link = InProcessLink(capacity: LinkCapacity(packets: 1, bytes: 1000))
    async let received: [UInt8] = {
      var numbers: [UInt8] = []
      while let packet = try await link.receive() { numbers += packet }
      return numbers
    }()
    for number in 0..<200 as Range<UInt8> {
      try await link.send([number])
      await withTaskGroup(of: Void.self) { group in
        // Whether these empty packets are sent or cancelled is a race; the others are not to be hurt.
        group.addTask { try? await link.send([]) }
        group.addTask { try? await link.send([]) }
        await Task.yield()
        group.cancelAll()
      }
    }
    await link.finish()
    #expect(try await received == Array(0..<200))
  }
}
