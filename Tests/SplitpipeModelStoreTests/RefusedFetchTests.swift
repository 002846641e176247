import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModelStore

@Suite struct `A fetch that is refused` {
  @Test func `by a wrong checksum removes what came`() throws {
    let fixture = try FetchFixture()
    let server = try LoopbackServer { LoopbackServer.file(fixture.bytes, for: $0) }
    let expected = String(repeating: "ab", count: 32)
    let error = try fixture.failure(from: server.address(), sha256: expected)
    #expect(error?.kind == .badData)
    #expect(error?.message.contains("expected \(expected)") == true)
    #expect(fixture.folder.contents == [])
  }

  @Test func `by the checksum an earlier fetch recorded says where that is`() throws {
    let fixture = try FetchFixture()
    let other = randomBytes(600_000, seed: 2)
    let requests = Counter()
    let server = try LoopbackServer {
      LoopbackServer.file(requests.next() == 0 ? fixture.bytes : other, for: $0)
    }
    _ = try fixture.fetch(from: server.address())
    try FileManager.default.removeItem(atPath: fixture.destination)
    let error = try fixture.failure(from: server.address())
    #expect(error?.kind == .badData)
    #expect(error?.message.contains(fixture.destination + ".sha256") == true)
    #expect(fixture.folder.contents == ["tiny.pt.sha256"])
  }

  @Test func `because it is no model removes what came`() throws {
    let fixture = try FetchFixture()
    let server = try LoopbackServer { LoopbackServer.file(fixture.bytes, for: $0) }
    let error = try fixture.failure(from: server.address(), isReadable: false)
    #expect(error?.kind == .badData)
    #expect(error?.message.contains("it is no model") == true)
    #expect(fixture.folder.contents == [])
  }

  @Test(arguments: [404, 410]) func `by a server without the file`(status: Int) throws {
    let fixture = try FetchFixture()
    let server = try LoopbackServer { _ in
      .init(status: status, body: Array("<html>no</html>".utf8))
    }
    let error = try fixture.failure(from: server.address())
    #expect(error?.kind == .missingInput)
    #expect(error?.message.contains("no such file (HTTP \(status))") == true)
    #expect(fixture.folder.contents == [])
  }

  @Test(arguments: [204, 206, 304, 403, 416, 500, 503])
  func `by any other answer`(status: Int) throws {
    let fixture = try FetchFixture()
    let server = try LoopbackServer { _ in .init(status: status) }
    let error = try fixture.failure(from: server.address())
    #expect(error?.kind == .unavailable)
    #expect(error?.message.contains("HTTP \(status)") == true, "\(error?.message ?? "")")
  }

  @Test func `by a server that redirects for ever`() throws {
    let fixture = try FetchFixture()
    let server = try LoopbackServer { _ in
      .init(status: 302, fields: ["Location": "/again"])
    }
    let error = try fixture.failure(from: server.address())
    #expect(error?.kind == .unavailable)
    #expect(server.requests.count == 11)
  }

  @Test func `to be led from a server to a file of this machine`() throws {
    let fixture = try FetchFixture()
    let server = try LoopbackServer { _ in
      .init(status: 302, fields: ["Location": "file:///etc/passwd"])
    }
    #expect(try fixture.failure(from: server.address())?.kind == .unavailable)
    #expect(fixture.folder.contents == [])
  }

  @Test(arguments: [
    "", "\0\0\0\0", "hello", "HTTP/1.1 \r\n\r\n", "HTTP/9.9 200 OK\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nabc",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 302 Found\r\nLocation: \u{1}//\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 400_000) + "\r\n\r\nabc",
  ])
  func `because the server talks nonsense`(text: String) throws {
    let fixture = try FetchFixture()
    let server = try LoopbackServer { _ in
      var reply = LoopbackServer.Reply()
      reply.raw = Array(text.utf8)
      return reply
    }
    let error = try fixture.failure(from: server.address(), isReadable: false)
    #expect([.unavailable, .badData].contains(error?.kind), "\(error?.message ?? "")")
    #expect(fixture.store.installed.isEmpty)
  }

  @Test func `because nobody listens there`() throws {
    let fixture = try FetchFixture()
    // A port that was free a moment ago.
    let port = try LoopbackServer { _ in .init() }.port
    let error = try fixture.failure(from: "http://127.0.0.1:\(port)/")
    #expect(error?.kind == .unavailable)
    #expect(error?.message.contains("no connection") == true)
    #expect(fixture.folder.contents == [])
  }

  @Test func `because there is no such host`() throws {
    let fixture = try FetchFixture()
    let error = try fixture.failure(from: "http://nowhere.invalid/")
    #expect(error?.kind == .unavailable)
    #expect(error?.message.contains("no host is known as \"nowhere.invalid\"") == true)
  }

  @Test func `because a server does not speak TLS`() throws {
    let fixture = try FetchFixture()
    let server = try LoopbackServer { _ in .init() }
    let error = try fixture.failure(from: "https://127.0.0.1:\(server.port)/")
    #expect(error?.kind == .unavailable)
    #expect(error?.message.contains("no secure connection") == true)
  }

  @Test func `because there is no such local file`() throws {
    let fixture = try FetchFixture()
    #expect(try fixture.failure(from: "file:///nowhere")?.kind == .missingInput)
  }

  @Test(arguments: [true, false])
  func `for its size`(announced: Bool) throws {
    let fixture = try FetchFixture()
    let server = try LoopbackServer { _ in
      var reply = LoopbackServer.Reply(body: fixture.bytes)
      reply.announcesLength = announced
      return reply
    }
    var settings = FetchSettings()
    settings.maximumBytes = 500_000
    let error = try fixture.failure(from: server.address(), settings: settings)
    #expect(error?.kind == .badData)
    #expect(error?.message.contains("at most 0.5 MB") == true)
    #expect(fixture.folder.contents == [])
  }

  @Test func `by a store that cannot be written, before any request`() throws {
    let fixture = try FetchFixture()
    let server = try LoopbackServer { LoopbackServer.file(fixture.bytes, for: $0) }
    let file = try fixture.folder.write("file", [1])
    for folder in [file + "/models", "/proc/nowhere/models"] {
      let store = ModelStore(folder: folder, available: [fixture.model()])
      let address = try ModelAddress(of: fixture.model(), from: server.address())
      let error = #expect(throws: SplitpipeError.self) {
        try ModelFetch(
          fixture.model(), into: store, from: address, checkReadable: { _ in }
        ).run()
      }
      #expect(error?.kind == .cannotWrite)
      #expect(error?.message.contains("XDG_CACHE_HOME") == true)
    }
    #expect(server.requests.isEmpty)
  }

  @Test func `while another one fills the same part`() throws {
    let fixture = try FetchFixture()
    let other = try PartFile(fixture.destination)
    let error = try fixture.failure(from: "http://127.0.0.1:9")
    #expect(error?.kind == .unavailable)
    #expect(error?.message.contains("another splitpipe") == true)
    withExtendedLifetime(other) {}
  }
}
