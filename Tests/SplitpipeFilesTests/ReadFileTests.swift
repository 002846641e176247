import Foundation
import Glibc
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeFiles

@Suite struct `Reading a file` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 200_000])
  func `gives all of its bytes`(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let path = try folder.write("a", bytes)
    #expect(try readFile(path, limit: count) == bytes)
    #expect(try readStart(of: path, count: 100) == Array(bytes.prefix(100)))
    #expect(try FileKind(of: path) == .file(bytes: count))
  }

  @Test func `refuses one byte over the limit`() throws {
    let path = try folder.write("a", [UInt8](repeating: 0, count: 101))
    let error = #expect(throws: SplitpipeError.self) { try readFile(path, limit: 100) }
    #expect(error?.kind == .badData)
    #expect(
      error?.message
        == "cannot read \"\(path)\": 101 bytes, more than the limit of 100 bytes; check that it is "
        + "the right file")
  }

  /// Its memory would be more than the machine has.
  @Test func `takes no memory for a file over the limit`() throws {
    let path = try folder.write("holes", [])
    #expect(unsafe truncate(path, 1 << 42) == 0)
    let error = #expect(throws: SplitpipeError.self) { try readFile(path, limit: 1 << 20) }
    #expect(error?.kind == .badData)
  }

  @Test func `says what stands in the way`() throws {
    let missing = #expect(throws: SplitpipeError.self) {
      try readFile("/nowhere/a.json", limit: 10)
    }
    #expect(missing?.kind == .missingInput)
    #expect(
      missing?.message
        == "cannot open \"/nowhere/a.json\": No such file or directory (2); check the path")
    for (path, found) in [(folder.path, "a folder"), ("/dev/zero", "a device")] {
      let error = #expect(throws: SplitpipeError.self) { try readFile(path, limit: 10) }
      #expect(error?.kind == .missingInput)
      #expect(error?.message == "cannot read \"\(path)\": expected a file, found \(found)")
    }
    let other = try folder.write("a", [1])
    let cut = #expect(throws: SplitpipeError.self) { try readFile(other + "\0b", limit: 10) }
    #expect(cut?.kind == .missingInput)
  }

  @Test func `reads a file whose length the system does not tell`() throws {
    #expect(try FileKind(of: "/proc/self/status") == .file(bytes: 0))
    let text = String(decoding: try readFile("/proc/self/status", limit: 1 << 20), as: UTF8.self)
    #expect(text.hasPrefix("Name:"))
  }

  @Test(arguments: [200_000, 300_001])
  func `reads a pipe to its end but not past the limit`(count: Int) async throws {
    let path = folder.file("pipe")
    #expect(unsafe mkfifo(path, 0o600) == 0)
    #expect(try FileKind(of: path) == .pipe)
    let bytes = [UInt8](repeating: 7, count: count)
    let writing = Thread {
      let descriptor = unsafe open(path, O_WRONLY)
      _ = writeAll(bytes.span, to: descriptor)
      close(descriptor)
    }
    signal(SIGPIPE, SIG_IGN)
    writing.start()
    if count <= 300_000 {
      #expect(try readFile(path, limit: 300_000) == bytes)
    } else {
      let error = #expect(throws: SplitpipeError.self) { try readFile(path, limit: 300_000) }
      #expect(error?.kind == .badData)
      #expect(error?.message.contains("more than the limit of 300000 bytes") == true)
    }
  }
}

@Suite struct `Listing a folder` {
  @Test func `gives names, or sorted paths of a kind under it`() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("sub"), withIntermediateDirectories: false)
    for name in ["b.txt", "a.jpg", "sub/c.txt"] { _ = try folder.write(name, []) }
    #expect(try namesInFolder(folder.path).sorted() == ["a.jpg", "b.txt", "sub"])
    #expect(
      try pathsUnderFolder(folder.path, suffix: ".txt")
        == [folder.file("b.txt"), folder.file("sub/c.txt")])
  }

  @Test func `follows links, but not in circles, and passes over hidden names`() throws {
    let folder = try TemporaryFolder()
    for name in ["real/a.TXT", "real/._a.txt", "real/.cache/b.txt", "__MACOSX/c.txt"] {
      try folder.write(name, [])
    }
    let manager = FileManager.default
    for (link, goal) in [("linked", "real"), ("real/above", ".."), ("broken.txt", "nowhere")] {
      try manager.createSymbolicLink(atPath: folder.file(link), withDestinationPath: goal)
    }
    #expect(try filesUnderFolder(folder.path) == ["linked/a.TXT", "real/a.TXT"])
    #expect(
      try pathsUnderFolder(folder.file("linked"), suffix: ".txt")
        == [folder.file("linked/a.TXT")]
    )
  }

  @Test func `makes paths absolute by name`() {
    #expect(absolutePath("/a/./b/../c//d/") == "/a/c/d")
    #expect(absolutePath("/../..") == "/")
    #expect(absolutePath("x").hasSuffix("/x") && absolutePath("x").hasPrefix("/"))
  }

  @Test func `that is not there is a missing input`() {
    for list in [{ try namesInFolder($0) }, { try pathsUnderFolder($0, suffix: "") }] {
      let error = #expect(throws: SplitpipeError.self) { try list("/nowhere") }
      #expect(error?.kind == .missingInput)
      #expect(error?.message.hasPrefix("cannot list the folder \"/nowhere\": ") == true)
    }
  }

  @Test func `a part of a file is read from its place, or not at all`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("numbers", (0..<100).map { UInt8($0) })
    #expect(try readPart(of: path, from: 10, count: 5) == [10, 11, 12, 13, 14])
    #expect(try readPart(of: path, from: 100, count: 0).isEmpty)
    for (offset, count) in [(99, 2), (101, 0), (0, 101), (1, .max), (.max, 1)] {
      let error = #expect(throws: SplitpipeError.self) {
        try readPart(of: path, from: offset, count: count)
      }
      #expect(error?.kind == .badData)
      #expect(error?.message.hasSuffix("it has 100 bytes altogether") == true)
    }
    for other in [folder.path, "/dev/zero", folder.file("missing")] {
      let error = #expect(throws: SplitpipeError.self) {
        try readPart(of: other, from: 0, count: 1)
      }
      #expect(error?.kind == .missingInput, "\(other)")
    }
  }
}
