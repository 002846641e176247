import SplitpipeTestSupport
import Testing

@testable import SplitpipeModelStore

private func head(_ lines: String...) -> ResponseHeader {
  var head = ResponseHeader()
  for line in lines { head.add(line + "\r\n") }
  return head
}

@Suite struct `The head of a response` {
  @Test func `is read whatever the case of its names`() {
    let head = head(
      "HTTP/1.1 206 Partial Content", "eTaG: \"v1\"",
      "LAST-MODIFIED:  Mon, 01 Jan 2024 00:00:00 GMT ",
      "Content-Range: bytes 5-9/10", "X-Other: \"v2\"", "")
    #expect(head.status == 206)
    #expect(head.entityTag == "\"v1\"")
    #expect(head.lastModified == "Mon, 01 Jan 2024 00:00:00 GMT")
    #expect(head.contentRange == ContentRange("bytes 5-9/10"))
    #expect(head.total == 10)
  }

  @Test func `of a redirection is forgotten with the next status line`() {
    let head = head("HTTP/1.1 302 Found", "ETag: \"a\"", "Location: /b", "", "HTTP/2 200", "")
    #expect(head.status == 200)
    #expect(head.entityTag == nil)
  }

  @Test(arguments: [
    "HTTP/", "HTTP/1.1", "HTTP/1.1  ", "HTTP/1.1 x", "HTTP/1.1 99999999999999999999 OK", ":", "",
    "etag", "\u{0}: \u{0}",
  ])
  func `may be nonsense`(line: String) {
    let head = head(line)
    #expect(head.status == 0)
    #expect(head.total == nil)
  }

  @Test(arguments: [
    "bytes 5-4/10", "bytes 0-9/9", "bytes -1-5/10", "bytes */10", "bytes 0-9", "items 0-9/10",
    "bytes 0-99999999999999999999/*", "bytes 0-9/x", "bytes 0-9-9/10", "bytes  ", "",
  ])
  func `has no range that contradicts itself`(text: String) {
    #expect(ContentRange(text) == nil)
  }

  @Test func `may leave the size of the whole open`() {
    #expect(ContentRange("bytes 0-0/*")?.total == nil)
    #expect(ContentRange("bytes 0-0/*")?.last == 0)
  }

  @Test func `of random bytes never traps`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let pieces = [
      "HTTP/1.1 ", "206", "Content-Range:", "bytes ", "0-", "/", "*", "9", "\r", "é", " ",
    ]
    for _ in 0..<2000 {
      var head = ResponseHeader()
      let count = Int.random(in: 0..<8, using: &generator)
      head.add((0..<count).compactMap { _ in pieces.randomElement(using: &generator) }.joined())
      #expect((0...Int.max).contains(head.total ?? 0), "seed \(seed)")
    }
  }
}
