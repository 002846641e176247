import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModelStore

@Suite struct `A checksum` {
  // FIPS 180-4's own examples, and a length that is a multiple of no buffer.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func `is SHA-256`(text: String, expected: String) throws {
    let folder = try TemporaryFolder()
    #expect(try sha256(ofFile: folder.write("x", Array(text.utf8))) == expected)
  }

  @Test(SharedData.needs("data/weights/yolov5n.pt"))
  func `tells official weights from others`() throws {
    let folder = try TemporaryFolder()
    let store = ModelStore(folder: folder.path)
    #expect(try store.identify(SharedData.path("data/weights/yolov5n.pt"))?.name == "yolov5n")
    #expect(try store.identify(folder.write("x.pt", [1])) == nil)
  }

  @Test func `is recorded as sha256sum writes it`() throws {
    let fixture = try FetchFixture(count: 3)
    let record = ChecksumRecord(of: fixture.model(), in: fixture.store)
    #expect(try record.read() == nil)
    let sum = String(repeating: "0f", count: 32)
    try record.write(sum)
    #expect(fixture.content(record.path) == Array("\(sum)  tiny.pt\n".utf8))
    #expect(try record.read() == sum)
  }

  @Test(arguments: ["", "short", String(repeating: "g", count: 64)])
  func `that is damaged is refused`(text: String) throws {
    let fixture = try FetchFixture(count: 3)
    let record = ChecksumRecord(of: fixture.model(), in: fixture.store)
    _ = try fixture.folder.write("tiny.pt.sha256", Array(text.utf8))
    let error = #expect(throws: SplitpipeError.self) { try record.read() }
    #expect(error?.kind == .badData)
  }
}
