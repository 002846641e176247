import Synchronization
import Testing

@testable import SplitpipePipeline

@Suite struct `A bounded channel` {
  @Test(arguments: [1, 2, 5])
  func `keeps order and never holds more than its capacity`(capacity: Int) async throws {
    let channel = BoundedChannel<Int>(capacity: capacity)
    let ledger = Ledger()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for number in 0..<500 {
          try await channel.send(number)
          let ahead = ledger.produced.add(1, ordering: .relaxed).newValue
          // One more than the capacity: the receiver may hold one it has not counted yet.
          #expect(ahead <= capacity + 1)
        }
        channel.finish()
      }
      group.addTask {
        var expected = 0
        while let number = try await channel.receive() {
          ledger.produced.subtract(1, ordering: .relaxed)
          #expect(number == expected)
          expected += 1
        }
        #expect(expected == 500)
      }
      try await group.waitForAll()
    }
  }

  @Test func `wakes a waiting receiver when its task is cancelled`() async {
    let channel = BoundedChannel<Int>(capacity: 1)
    let task = Task { try await channel.receive() }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func `wakes a waiting sender when its task is cancelled`() async throws {
    let channel = BoundedChannel<Int>(capacity: 1)
    try await channel.send(1)
    let task = Task { try await channel.send(2) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
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
  }
}
