import SplitpipeCore
import Testing

@testable import SplitpipeModelStore

@Suite struct `What to do with a body` {
  private func plan(_ record: PartRecord?, _ lines: String...) throws -> BodyPlan {
    var head = ResponseHeader()
    for line in lines { head.add(line) }
    return try BodyPlan(head, offset: 100, record: record, name: "cannot fetch tiny")
  }

  private var record: PartRecord {
    var head = ResponseHeader()
    head.add("HTTP/1.1 200 OK")
    head.add("ETag: \"a\"")
    head.length = 200
    return PartRecord(address: "http://a/b", head: head)
  }

  @Test func `is to go on with it only where it continues the same version`() throws {
    let partial = "HTTP/1.1 206 Partial Content"
    #expect(try plan(record, partial, "Content-Range: bytes 100-199/200") == .append)
    #expect(try plan(record, partial, "Content-Range: bytes 0-199/200") == .askForWhole)
    #expect(try plan(record, partial, "Content-Range: bytes 100-299/300") == .askForWhole)
    #expect(
      try plan(record, partial, "Content-Range: bytes 100-199/200", "ETag: \"b\"") == .askForWhole)
    #expect(try plan(record, partial) == .askForWhole)
    #expect(try plan(record, "HTTP/1.1 416 Range Not Satisfiable") == .askForWhole)
    #expect(try plan(record, "HTTP/1.1 200 OK", "ETag: \"b\"") == .replace)
  }

  @Test(arguments: [206, 416, 204, 304, 301, 403, 429, 500, 503, 999])
  func `is nothing where the answer is another`(status: Int) {
    let error = #expect(throws: SplitpipeError.self) { try plan(nil, "HTTP/1.1 \(status) X") }
    #expect(error?.kind == .unavailable)
    #expect(error?.message.contains("HTTP \(status)") == true)
  }
}
