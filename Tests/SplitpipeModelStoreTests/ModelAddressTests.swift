import SplitpipeCore
import Testing

@testable import SplitpipeModelStore

private let nano = officialModels[0]

@Suite struct `The address of a model` {
  @Test func `is its publisher's unless another is given`() throws {
    #expect(
      try ModelAddress(of: nano).shown
        == "https://github.com/ultralytics/yolov5/releases/download/v7.0/yolov5n.pt")
  }

  @Test(arguments: [
    ("http://mirror.example", "http://mirror.example/yolov5n.pt"),
    ("http://mirror.example:8080/", "http://mirror.example:8080/yolov5n.pt"),
    ("https://mirror.example/a/b", "https://mirror.example/a/b/yolov5n.pt"),
    ("https://mirror.example/a%20b/", "https://mirror.example/a%20b/yolov5n.pt"),
    ("https://mirror.example/a/other.pt", "https://mirror.example/a/other.pt"),
    ("https://mirror.example/get?file=n", "https://mirror.example/get?file=n"),
    ("HTTP://[::1]:80/x", "http://[::1]:80/x/yolov5n.pt"),
    ("file:///srv/models", "file:///srv/models/yolov5n.pt"),
  ])
  func `may be of the file or of its folder`(base: String, address: String) throws {
    #expect(try ModelAddress(of: nano, from: base).text == address)
  }

  @Test func `is shown without user and password`() throws {
    let address = try ModelAddress(of: nano, from: "https://me:secret@mirror.example/")
    #expect(address.text == "https://me:secret@mirror.example/yolov5n.pt")
    #expect(address.shown == "https://mirror.example/yolov5n.pt")
    #expect(address.host == "mirror.example")
  }

  @Test(arguments: [
    "", "mirror.example", "/srv/models", "ftp://mirror.example/", "http://", "http://a b/",
    "http://a/\r\nHost: b", "http://a:99999/", "https://[::1/", "javascript:alert(1)",
    "file://elsewhere/models",
  ])
  func `is refused with what was expected`(base: String) {
    let error = #expect(throws: SplitpipeError.self) { try ModelAddress(of: nano, from: base) }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("expected http://, https:// or file://") == true)
  }
}
