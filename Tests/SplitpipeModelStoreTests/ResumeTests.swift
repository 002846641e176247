import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModelStore

@Suite struct `A fetch that was cut` {
  /// Answers the first request with the beginning of a file, cut, and the others with `then`.
  private func server(
    cutting bytes: [UInt8], after sent: Int, entityTag: String? = "\"v1\"",
    then: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply
  ) throws -> LoopbackServer {
    let requests = Counter()
    return try LoopbackServer { request in
      guard requests.next() == 0 else { return then(request) }
      var reply = LoopbackServer.file(bytes, entityTag: entityTag, for: request)
      reply.sent = sent
      return reply
    }
  }

  @Test func `keeps what came and goes on from there`() throws {
    let fixture = try FetchFixture()
    let server = try server(cutting: fixture.bytes, after: 250_000) {
      LoopbackServer.file(fixture.bytes, entityTag: "\"v1\"", for: $0)
    }
    let error = try fixture.failure(from: server.address())
    #expect(error?.kind == .unavailable)
    #expect(error?.message.contains("the connection was cut") == true)
    #expect(error?.message.contains("0.3 MB of 0.6 MB are kept") == true, "\(error?.message ?? "")")
    #expect(fixture.content(fixture.part) == Array(fixture.bytes.prefix(250_000)))
    #expect(fixture.store.unfinishedBytes(of: fixture.model()) == 250_000)
    #expect(fixture.store.installed.isEmpty)

    var events: [FetchEvent] = []
    _ = try fixture.fetch(from: server.address(), report: { events.append($0) })
    #expect(
      events.first == .begins(address: server.address("/tiny.pt"), resumingAt: 250_000))
    #expect(!events.contains(.startsAfresh))
    #expect(server.requests.last?.firstByte == 250_000)
    #expect(server.requests.last?.fields["if-range"] == "\"v1\"")
    #expect(fixture.content(fixture.destination) == fixture.bytes)
    #expect(fixture.folder.contents == ["tiny.pt", "tiny.pt.sha256"])
  }

  @Test(arguments: [1, 2, 3]) func `again and again still ends with the same bytes`(seed: UInt64)
    throws
  {
    let fixture = try FetchFixture(count: 300_000, seed: seed)
    let server = try LoopbackServer { request in
      var reply = LoopbackServer.file(fixture.bytes, entityTag: "\"v1\"", for: request)
      reply.sent = 70_001
      return reply
    }
    var attempts = 0
    while try fixture.failure(from: server.address()) != nil, attempts < 10 { attempts += 1 }
    #expect(attempts == 4)
    #expect(fixture.content(fixture.destination) == fixture.bytes)
  }

  @Test func `starts afresh where the server sends only whole files`() throws {
    let fixture = try FetchFixture()
    let server = try server(cutting: fixture.bytes, after: 250_000) { _ in
      .init(body: fixture.bytes)
    }
    _ = try fixture.failure(from: server.address())
    var events: [FetchEvent] = []
    _ = try fixture.fetch(from: server.address(), report: { events.append($0) })
    #expect(events.contains(.startsAfresh))
    #expect(server.requests.count == 2)
    #expect(fixture.content(fixture.destination) == fixture.bytes)
  }

  @Test func `starts afresh where the file has changed`() throws {
    let fixture = try FetchFixture()
    let changed = randomBytes(600_000, seed: 2)
    let server = try server(cutting: fixture.bytes, after: 250_000) {
      LoopbackServer.file(changed, entityTag: "\"v2\"", for: $0)
    }
    _ = try fixture.failure(from: server.address())
    _ = try fixture.fetch(from: server.address())
    #expect(fixture.content(fixture.destination) == changed)
  }

  // As storage services do that know Range and not If-Range.
  @Test func `starts afresh where the server sends the rest of a changed file all the same`() throws
  {
    let fixture = try FetchFixture()
    let changed = randomBytes(600_000, seed: 2)
    let server = try server(cutting: fixture.bytes, after: 250_000) { request in
      var reply = LoopbackServer.file(changed, for: request)
      if let first = request.firstByte {
        reply.status = 206
        reply.fields["Content-Range"] = "bytes \(first)-599999/600000"
        reply.body = Array(changed[first...])
      }
      reply.fields["ETag"] = "\"v2\""
      return reply
    }
    _ = try fixture.failure(from: server.address())
    _ = try fixture.fetch(from: server.address())
    #expect(server.requests.map(\.firstByte) == [nil, 250_000, nil])
    #expect(fixture.content(fixture.destination) == changed)
  }

  @Test(arguments: [500_000, 200_000])
  func `tells a changed file by its size where there is no tag`(size: Int) throws {
    let fixture = try FetchFixture()
    let changed = randomBytes(size, seed: 2)
    let server = try server(cutting: fixture.bytes, after: 250_000, entityTag: nil) {
      LoopbackServer.file(changed, for: $0)
    }
    _ = try fixture.failure(from: server.address())
    _ = try fixture.fetch(from: server.address())
    #expect(server.requests.map(\.firstByte) == [nil, 250_000, nil])
    #expect(fixture.content(fixture.destination) == changed)
  }

  @Test func `starts afresh at another address`() throws {
    let fixture = try FetchFixture()
    let server = try server(cutting: fixture.bytes, after: 250_000) {
      LoopbackServer.file(fixture.bytes, entityTag: "\"v1\"", for: $0)
    }
    _ = try fixture.failure(from: server.address())
    _ = try fixture.fetch(from: server.address("/mirror/"))
    #expect(server.requests.map(\.firstByte) == [nil, nil])
  }

  @Test func `starts afresh where the part has no record`() throws {
    let fixture = try FetchFixture()
    _ = try fixture.folder.write("tiny.pt.part", [1, 2, 3])
    let server = try LoopbackServer { LoopbackServer.file(fixture.bytes, for: $0) }
    _ = try fixture.fetch(from: server.address())
    #expect(server.requests.map(\.firstByte) == [nil])
    #expect(fixture.content(fixture.destination) == fixture.bytes)
  }

  @Test func `between its last byte and its name needs no server`() throws {
    let fixture = try FetchFixture()
    let server = try server(cutting: fixture.bytes, after: 250_000) { _ in .init(status: 500) }
    _ = try fixture.failure(from: server.address())
    _ = try fixture.folder.write("tiny.pt.part", fixture.bytes)
    _ = try fixture.fetch(from: server.address())
    #expect(server.requests.count == 1)
    #expect(fixture.content(fixture.destination) == fixture.bytes)
  }

  @Test func `keeps its part through a refusal`() throws {
    let fixture = try FetchFixture()
    let server = try server(cutting: fixture.bytes, after: 250_000) { _ in .init(status: 503) }
    _ = try fixture.failure(from: server.address())
    #expect(try fixture.failure(from: server.address())?.kind == .unavailable)
    #expect(fixture.content(fixture.part)?.count == 250_000)
  }

  @Test func `by silence says how long it waited`() throws {
    let fixture = try FetchFixture()
    let server = try LoopbackServer { request in
      var reply = LoopbackServer.file(fixture.bytes, for: request)
      reply.sent = 100_000
      reply.stalls = true
      return reply
    }
    var settings = FetchSettings()
    settings.stallTimeout = .milliseconds(300)
    let start = ContinuousClock.now
    let error = try fixture.failure(from: server.address(), settings: settings)
    #expect(ContinuousClock.now - start < .seconds(10))
    #expect(error?.kind == .unavailable)
    #expect(error?.message.contains("nothing came for 0.3 seconds") == true)
    #expect(error?.message.contains("--timeout") == true)
    #expect(fixture.content(fixture.part)?.count == 100_000)
  }

  @Test func `by the user keeps what came`() throws {
    let fixture = try FetchFixture()
    let server = try LoopbackServer { request in
      var reply = LoopbackServer.file(fixture.bytes, for: request)
      reply.sent = 100_000
      reply.stalls = true
      return reply
    }
    let error = try fixture.failure(
      from: server.address(),
      isStopped: { fixture.store.unfinishedBytes(of: fixture.model()) == 100_000 })
    #expect(error?.kind == .interrupted)
    #expect(error?.message.contains("0.1 MB of 0.6 MB are kept") == true)
    #expect(fixture.content(fixture.part)?.count == 100_000)
  }
}
