import SplitpipeCore
import SplitpipeTransport
import Testing

@Suite(.namesHangs)
struct InProcessLinkTests {
  @Test func `packets and bytes both bound what is held`() async throws {
    let link = InProcessLink(capacity: LinkCapacity(packets: 3, bytes: 10))
    try await link.send([1, 2, 3, 4])
    try await link.send([5, 6, 7, 8])
    #expect(link.depth == 2)
    // Three more bytes are over the limit, so this one waits and is then cancelled.
    await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await link.send([9, 10, 11]) }
      await Task.yield()
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

  @Test func `a packet that waits when the link is finished is still delivered`() async throws {
    let link = InProcessLink(capacity: LinkCapacity(packets: 1, bytes: 100))
    try await link.send([0])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await link.send([1]) }
      // Until the second sender waits or has been let in, finishing would rightly refuse it.
      let first = try await link.receive()
      #expect(first == [0])
      try await group.waitForAll()
    }
    await link.finish()
    #expect(try await link.receive() == [1])
    #expect(try await link.receive() == nil)
  }

  @Test func `many senders and receivers share a link`() async throws {
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

  @Test func `cancelling under load neither loses nor repeats other packets`() async throws {
    let link = InProcessLink(capacity: LinkCapacity(packets: 1, bytes: 1000))
    async let received: [UInt8] = {
      var numbers: [UInt8] = []
      while let packet = try await link.receive() { numbers += packet }
      return numbers
    }()
    for number in 0..<200 as Range<UInt8> {
      try await link.send([number])
      await withTaskGroup(of: Void.self) { group in
        group.addTask { try? await link.send([]) }
        group.addTask { try? await link.send([]) }
        group.cancelAll()
      }
    }
    await link.finish()
    #expect(try await received == Array(0..<200))
  }
}
