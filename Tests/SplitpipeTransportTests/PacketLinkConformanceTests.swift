import SplitpipeCore
import SplitpipeTestSupport
import SplitpipeTransport
import Testing

/// A kind of link whose sender and receiver are the same object.
struct LinkKind: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let make: @Sendable () throws -> any PacketLink

  static let all: [LinkKind] = [
    LinkKind(testDescription: "in process") { InProcessLink() },
    LinkKind(testDescription: "in process, one packet") {
      InProcessLink(capacity: LinkCapacity(packets: 1, bytes: 0))
    },
    LinkKind(testDescription: "UNIX sockets") { try StreamLink.loopback(limit: 4 << 20) },
  ]
}

/// What every link promises.
@Suite(.namesHangs)
struct PacketLinkConformanceTests {
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
  func `packets arrive whole and in order, then the end`(kind: LinkKind, seed: UInt64) async throws
  {
    let link = try kind.make()
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
  func `a packet larger than any buffer passes`(kind: LinkKind) async throws {
    let link = try kind.make()
    let sent = [[UInt8](repeating: 7, count: 3 << 20), [], [1]]
    async let sending: Void = {
      for packet in sent { try await link.send(packet) }
      await link.finish()
    }()
    #expect(try await receiveAll(link) == sent)
    try await sending
  }

  @Test(arguments: LinkKind.all)
  func `a sender is held back until the receiver takes packets`(kind: LinkKind) async throws {
    let link = try kind.make()
    let packet = [UInt8](repeating: 1, count: 1 << 20)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        while true { try await link.send(packet) }
      }
      // Were nothing to hold the sender back, this would not come to an end.
      for _ in 0..<20 {
        let received = try await link.receive()
        #expect(received == packet)
      }
      group.cancelAll()
      await #expect(throws: CancellationError.self) { try await group.next() }
    }
  }

  @Test(arguments: LinkKind.all)
  func `a cancelled receive ends and loses no packet`(kind: LinkKind) async throws {
    let link = try kind.make()
    for number in 0..<50 as Range<UInt8> {
      await withTaskGroup(of: [UInt8]?.self) { group in
        group.addTask { try? await link.receive() }
        await Task.yield()
        group.cancelAll()
        #expect(await group.next() == .some(nil))
      }
      async let received = link.receive()
      try await link.send([number])
      #expect(try await received == [number])
    }
  }

  @Test(arguments: LinkKind.all)
  func `a call of a cancelled task throws at once`(kind: LinkKind) async throws {
    let link = try kind.make()
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
  func `finishing wakes a waiting receiver and ends sending`(kind: LinkKind) async throws {
    let link = try kind.make()
    async let received = link.receive()
    await Task.yield()
    await link.finish()
    await link.finish()
    #expect(try await received == nil)
    let error = await #expect(throws: SplitpipeError.self) { try await link.send([1]) }
    #expect(error?.kind == .bug)
  }
}
