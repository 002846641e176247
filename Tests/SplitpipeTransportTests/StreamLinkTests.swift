import Glibc
import SplitpipeConcurrency
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeTransport

@Suite(.ownThread, .timeLimit(.minutes(1)))
struct `A link over stream sockets` {
  /// A link, and the raw far ends of what it receives from and sends to.
  private func link(limit: Int = 1000) throws -> (link: StreamLink, far: [Int32]) {
    var input: [Int32] = [-1, -1]
    var output: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue)
    let made = unsafe (
      socketpair(AF_UNIX, type, 0, &input), socketpair(AF_UNIX, type, 0, &output)
    )
    #expect(made == (0, 0))
    let link = try StreamLink(input: input[0], output: output[0], limit: limit, description: "test")
    return (link, [input[1], output[1]])
  }

  private func put(_ bytes: [UInt8], on descriptor: Int32) {
    #expect(unsafe write(descriptor, bytes, bytes.count) == bytes.count)
  }

  @Test func `a peer that goes inside a packet is an error, every time asked`() async throws {
    let (link, far) = try link()
    put([5, 0, 0, 0, 1, 2], on: far[0])
    close(far[0])
    for _ in 0..<2 {
      let error = await #expect(throws: SplitpipeError.self) { try await link.receive() }
      #expect(error?.kind == .unavailable)
      #expect(error?.message.contains("3 more bytes were expected") == true)
    }
    close(far[1])
  }

  @Test func `a peer that goes between packets is the end`() async throws {
    let (link, far) = try link()
    put([1, 0, 0, 0, 9], on: far[0])
    close(far[0])
    #expect(try await link.receive() == [9])
    #expect(try await link.receive() == nil)
    close(far[1])
  }

  @Test func `a length over the limit is bad data`() async throws {
    let (link, far) = try link()
    put([0, 0, 0, 0x80], on: far[0])
    let error = await #expect(throws: SplitpipeError.self) { try await link.receive() }
    #expect(error?.kind == .badData)
    for end in far { close(end) }
  }

  @Test func `sending to a peer that has gone is an error, not a signal`() async throws {
    let (link, far) = try link()
    close(far[1])
    let error = await #expect(throws: SplitpipeError.self) { try await link.send([1, 2, 3]) }
    #expect(error?.kind == .unavailable)
    close(far[0])
  }

  @Test func `a packet over the limit is not sent and does no harm`() async throws {
    let link = try StreamLink.loopback(limit: 10)
    let error = await #expect(throws: SplitpipeError.self) {
      try await link.send([UInt8](repeating: 0, count: 11))
    }
    #expect(error?.kind == .badData)
    try await link.send([1])
    #expect(try await link.receive() == [1])
  }

  @Test func `a send cancelled inside a packet ends the link`() async throws {
    let link = try StreamLink.loopback(limit: 64 << 20)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await link.send([UInt8](repeating: 1, count: 32 << 20)) }
      // It waits only after it has filled the system's buffers.
      try await wait { link.waiting.senders == 1 }
      group.cancelAll()
      await #expect(throws: CancellationError.self) { try await group.next() }
    }
    let sending = await #expect(throws: SplitpipeError.self) { try await link.send([2]) }
    #expect(sending?.kind == .unavailable)
    #expect(sending?.message.contains("an earlier packet could not be sent whole") == true)
    let receiving = await #expect(throws: SplitpipeError.self) { try await link.receive() }
    #expect(receiving?.kind == .unavailable)
    #expect(receiving?.message.contains("closed inside a packet") == true)
  }

  @Test func `a receive cancelled inside a packet loses none of it`() async throws {
    let (link, far) = try link()
    put([3, 0, 0, 0, 7], on: far[0])
    try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
      group.addTask { try await link.receive() }
      try await wait { link.waiting.receivers == 1 }
      group.cancelAll()
      await #expect(throws: CancellationError.self) { try await group.next() }
    }
    put([8, 9], on: far[0])
    #expect(try await link.receive() == [7, 8, 9])
    for end in far { close(end) }
  }

  @Test func `many links come and go without leaving threads or descriptors`() async {
    // In a process of its own, where nothing else opens any.
    await #expect(processExitsWith: .success) {
      func useLinks() async throws {
        for number in 0..<100 as Range<UInt8> {
          let link = try StreamLink.loopback(limit: 100)
          try await link.send([number])
          #expect(try await link.receive() == [number])
        }
      }
      try await useLinks()
      let before = try ProcessCensus()
      try await useLinks()
      // The system takes a moment to clear a thread away.
      try await wait {
        let now = try ProcessCensus()
        return now.threads.count <= before.threads.count && now.descriptors == before.descriptors
      }
    }
  }
}
