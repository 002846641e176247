import Foundation
import Glibc
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeFiles

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

  @Test func `that failed stays failed and leaves nothing`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("out.json")
    let file = try OutputFile(path)
    // The name is taken by a folder meanwhile.
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    try file.append("x")
    for _ in 0..<2 {
      let error = #expect(throws: SplitpipeError.self) { try file.finish() }
      #expect(error?.kind == .cannotWrite)
    }
    #expect(throws: SplitpipeError.self) { try file.append("y") }
    #expect(folder.contents == ["out.json"])
  }

  @Test func `under a name the system gives an open file is written to that file`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("out.json", [])
    let descriptor = unsafe open(path, O_WRONLY)
    defer { close(descriptor) }
    let name = "/dev/fd/\(descriptor)"
    #expect(writeAll(Array("before ".utf8).span, to: descriptor) == 0)
    let file = try OutputFile(name)
    try file.append("during ")
    try file.finish()
    #expect(writeAll(Array("after".utf8).span, to: descriptor) == 0)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "before during after")
    #expect(folder.contents == ["out.json"])
  }

  @Test func `whose name is as long as names may be is written`() throws {
    let folder = try TemporaryFolder()
    let name = String(repeating: "é", count: 120) + ".jsonl"
    let file = try OutputFile(folder.file(name))
    try file.finish()
    #expect(folder.contents == [name])
  }
}
