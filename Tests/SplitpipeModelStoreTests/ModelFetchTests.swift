import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModelStore

@Suite struct `Fetching a model` {
  @Test func `brings the file whole, records its checksum and leaves nothing else`() throws {
    let fixture = try FetchFixture()
    let server = try LoopbackServer { LoopbackServer.file(fixture.bytes, for: $0) }
    var received: [Int] = []
    let fetched = try fixture.fetch(
      from: server.address(),
      report: { event in
        guard case .received(let bytes, let total) = event else { return }
        #expect(total == 600_000)
        received.append(bytes)
      })
    #expect(fixture.content(fixture.destination) == fixture.bytes)
    #expect(fixture.folder.contents == ["tiny.pt", "tiny.pt.sha256"])
    #expect(fetched.path == fixture.destination && fetched.bytes == 600_000)
    #expect(fetched.check == .first && !fetched.wasInstalled)
    #expect(received.last == 600_000)
    #expect(server.requests.map(\.path) == ["/tiny.pt"])
    #expect(server.requests[0].fields["range"] == nil)
  }

  @Test func `a second time asks no server and checks what is there`() throws {
    let fixture = try FetchFixture()
    let server = try LoopbackServer { LoopbackServer.file(fixture.bytes, for: $0) }
    let first = try fixture.fetch(from: server.address())
    let again = try fixture.fetch(from: "http://127.0.0.1:9")
    #expect(again.wasInstalled && again.check == .recorded && again.sha256 == first.sha256)

    _ = try fixture.folder.write("tiny.pt", [1, 2, 3])
    let error = try fixture.failure(from: "http://127.0.0.1:9")
    #expect(error?.kind == .badData)
    #expect(error?.message.contains("expected \(first.sha256)") == true)
    #expect(fixture.content(fixture.destination) == [1, 2, 3])
  }

  @Test func `follows redirections`() throws {
    let fixture = try FetchFixture()
    let server = try LoopbackServer { request in
      request.path == "/tiny.pt"
        ? .init(status: 302, fields: ["Location": "/elsewhere"])
        : LoopbackServer.file(fixture.bytes, for: request)
    }
    _ = try fixture.fetch(from: server.address())
    #expect(fixture.content(fixture.destination) == fixture.bytes)
  }

  @Test func `from a file address copies the file`() throws {
    let fixture = try FetchFixture()
    let mirror = try TemporaryFolder()
    _ = try mirror.write("tiny.pt", fixture.bytes)
    _ = try fixture.fetch(from: "file://" + mirror.path)
    #expect(fixture.content(fixture.destination) == fixture.bytes)
    #expect(fixture.folder.contents == ["tiny.pt", "tiny.pt.sha256"])
  }

  @Test func `without an announced length takes what comes`() throws {
    let fixture = try FetchFixture()
    let server = try LoopbackServer { _ in
      var reply = LoopbackServer.Reply(body: fixture.bytes)
      reply.announcesLength = false
      return reply
    }
    _ = try fixture.fetch(from: server.address())
    #expect(fixture.content(fixture.destination) == fixture.bytes)
  }

  @Test func `makes the folders it needs`() throws {
    let fixture = try FetchFixture(count: 1000)
    let server = try LoopbackServer { LoopbackServer.file(fixture.bytes, for: $0) }
    let store = ModelStore(
      folder: fixture.folder.file("a/b/c"), available: [fixture.model()])
    let address = try ModelAddress(of: fixture.model(), from: server.address())
    _ = try ModelFetch(
      fixture.model(), into: store, from: address, checkReadable: { _ in }
    ).run()
    #expect(fixture.content(fixture.folder.file("a/b/c/tiny.pt")) == fixture.bytes)
  }
}
