import Glibc
import SplitpipeCore
import SplitpipeTransport
import Testing

@Suite(.namesHangs)
struct StreamLinkTests {
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
    let error = await #expect(throws: SplitpipeError.self) {
      for _ in 0..<100 { try await link.send([1, 2, 3]) }
    }
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
    await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await link.send([UInt8](repeating: 1, count: 32 << 20)) }
      // The first bytes are on their way once there is something to receive.
      group.addTask { _ = try await link.receive() }
      await Task.yield()
      group.cancelAll()
    }
    // Either nothing was sent and the link lives, or it says why it does not.
    do {
      async let received = link.receive()
      try await link.send([2])
      let packet = try await received
      #expect(packet == [2] || packet?.count == 32 << 20)
    } catch let error as SplitpipeError {
      #expect(error.kind == .unavailable)
    }
  }

  @Test func `many links come and go without leaving threads or descriptors`() async throws {
    for number in 0..<300 as Range<Int> {
      let link = try StreamLink.loopback(limit: 100)
      try await link.send([UInt8(number & 0xFF)])
      #expect(try await link.receive() == [UInt8(number & 0xFF)])
    }
  }
}
