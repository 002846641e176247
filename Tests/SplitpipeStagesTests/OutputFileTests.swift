import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeStages

@Suite struct `An output file` {
  @Test func `appears whole, under its name, only when finished`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("out.json")
    let file = try OutputFile(path)
    try file.append(String(repeating: "x", count: 200_000))
    #expect(!FileManager.default.fileExists(atPath: path))
    try file.finish()
    #expect(try String(contentsOfFile: path, encoding: .utf8).count == 200_000)
    #expect(folder.contents == ["out.json"])
  }

  @Test func `that is given up leaves nothing and spares what was there`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("out.json", Array("before".utf8))
    do {
      let file = try OutputFile(path)
      try file.append("after")
      file.cancel()
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "before")
    #expect(folder.contents == ["out.json"])
  }

  @Test(arguments: ["/proc/nowhere/out.json", "/"])
  func `in an impossible place is refused at once`(path: String) {
    let error = #expect(throws: SplitpipeError.self) { try OutputFile(path) }
    #expect(error?.kind == .cannotWrite)
    #expect(error?.message.hasPrefix("cannot write \"\(path)\": ") == true)
  }

  @Test func `on a full device says so`() throws {
    let file = try OutputFile("/dev/full")
    try file.append("x")
    let error = #expect(throws: SplitpipeError.self) { try file.finish() }
    #expect(error?.kind == .cannotWrite)
    #expect(error?.message.contains("No space left on device") == true)
  }
}
