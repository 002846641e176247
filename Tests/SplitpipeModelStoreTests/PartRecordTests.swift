import SplitpipeTestSupport
import Testing

@testable import SplitpipeModelStore

@Suite struct `The record of a part` {
  private func record(_ lines: String...) -> PartRecord {
    var head = ResponseHeader()
    for line in lines { head.add(line) }
    return PartRecord(address: "http://a/b", head: head)
  }

  @Test func `asks with a strong tag, else with the date, and never with a weak tag`() {
    let date = "Mon, 01 Jan 2024 00:00:00 GMT"
    #expect(record("HTTP/1.1 200 OK", "ETag: \"a\"", "Last-Modified: \(date)").ifRange == "\"a\"")
    #expect(record("HTTP/1.1 200 OK", "ETag: W/\"a\"", "Last-Modified: \(date)").ifRange == date)
    #expect(record("HTTP/1.1 200 OK", "ETag: W/\"a\"").ifRange == nil)
    #expect(record("HTTP/1.1 200 OK").ifRange == nil)
  }

  @Test func `survives its file, and a damaged file is no record`() throws {
    let folder = try TemporaryFolder()
    let record = record("HTTP/1.1 200 OK", "ETag: \"a/b\"")
    try record.write(to: folder.file("r"))
    #expect(PartRecord.read(folder.file("r")) == record)
    _ = try folder.write("r", Array("{\"address\":".utf8))
    #expect(PartRecord.read(folder.file("r")) == nil)
    #expect(PartRecord.read(folder.file("nowhere")) == nil)
  }
}
