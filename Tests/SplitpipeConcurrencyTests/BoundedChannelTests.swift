import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeConcurrency

@Suite(.ownThread, .timeLimit(.minutes(1)))
struct `A bounded channel` {
  @Test(arguments: [1, 2, 5])
  func `keeps order and never holds more than its capacity`(capacity: Int) async throws {
    let channel = BoundedChannel<Int>(capacity: capacity)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for number in 0..<500 {
          try await channel.send(number)
          #expect(channel.depth <= capacity)
        }
        channel.finish()
      }
      group.addTask {
        var expected = 0
        while let number = try await channel.receive() {
          #expect(number == expected)
          expected += 1
        }
        #expect(expected == 500)
      }
      try await group.waitForAll()
    }
  }

  @Test(arguments: [1, 2, 5])
  func `lets a sender wait once it is full, until one is received`(capacity: Int) async throws {
    let channel = BoundedChannel<Int>(capacity: capacity)
    let sent = Counter()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for number in 0..<capacity + 2 {
          try await channel.send(number)
          sent.count()
        }
      }
      try await wait { channel.waiting.senders == 1 }
      #expect(sent.value == capacity)
      #expect(try await channel.receive() == 0)
      try await wait { sent.value == capacity + 1 }
      try await wait { channel.waiting.senders == 1 }
      #expect(try await channel.receive() == 1)
      try await group.waitForAll()
    }
  }

  @Test func `holds no more than its weight, but one element of any`() async throws {
    let channel = BoundedChannel<Int>(capacity: 9, weightLimit: 10) { $0 }
    try await channel.send(50)
    #expect(channel.depth == 1)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await channel.send(7) }
      try await wait { channel.waiting.senders == 1 }
      #expect(try await channel.receive() == 50)
      try await group.next()
      group.addTask { try await channel.send(4) }
      try await wait { channel.waiting.senders == 1 }
      // Three would fit, but come after the four.
      group.addTask { try await channel.send(3) }
      try await wait { channel.waiting.senders == 2 }
      #expect(try await channel.receive() == 7)
      try await group.waitForAll()
    }
    #expect(channel.depth == 2)
  }

  @Test func `wakes a waiting receiver when its task is cancelled`() async throws {
    let channel = BoundedChannel<Int>(capacity: 1)
    try await withThrowingTaskGroup(of: Int?.self) { group in
      group.addTask { try await channel.receive() }
      try await wait { channel.waiting.receivers == 1 }
      group.cancelAll()
      await #expect(throws: CancellationError.self) { try await group.next() }
    }
    #expect(channel.waiting == ChannelWaiting())
    try await channel.send(1)
    #expect(try await channel.receive() == 1)
  }

  @Test func `wakes a waiting sender when its task is cancelled, and does not send`() async throws {
    let channel = BoundedChannel<Int>(capacity: 1)
    try await channel.send(1)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await channel.send(2) }
      try await wait { channel.waiting.senders == 1 }
      group.cancelAll()
      await #expect(throws: CancellationError.self) { try await group.next() }
    }
    #expect(channel.waiting == ChannelWaiting())
    #expect(try await channel.receive() == 1)
    channel.finish()
    #expect(try await channel.receive() == nil)
  }

  @Test func `lets smaller elements pass once a large one that held them up is cancelled`()
    async throws
  {
    let channel = BoundedChannel<Int>(capacity: 9, weightLimit: 10) { $0 }
    try await channel.send(8)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await channel.send(5) }
      try await wait { channel.waiting.senders == 1 }
      try await withThrowingTaskGroup(of: Void.self) { small in
        small.addTask { try await channel.send(2) }
        try await wait { channel.waiting.senders == 2 }
        group.cancelAll()
        try await small.next()
      }
      await #expect(throws: CancellationError.self) { try await group.next() }
    }
    #expect(channel.depth == 2)
  }

  @Test func `delivers what waits before it ends`() async throws {
    let channel = BoundedChannel<Int>(capacity: 3)
    try await channel.send(1)
    try await channel.send(2)
    channel.finish()
    #expect(try await channel.receive() == 1)
    #expect(try await channel.receive() == 2)
    #expect(try await channel.receive() == nil)
    #expect(try await channel.receive() == nil)
    let error = await #expect(throws: SplitpipeError.self) { try await channel.send(3) }
    #expect(error?.kind == .bug)
  }

  @Test func `tells every waiting receiver of the end`() async throws {
    let channel = BoundedChannel<Int>(capacity: 1)
    try await withThrowingTaskGroup(of: Int?.self) { group in
      for _ in 0..<3 { group.addTask { try await channel.receive() } }
      try await wait { channel.waiting.receivers == 3 }
      channel.finish()
      for try await received in group { #expect(received == nil) }
    }
  }
}
