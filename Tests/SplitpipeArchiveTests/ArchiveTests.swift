import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeArchive

@Suite struct `An archive` {
  /// Makes one with Python, whose writers are not ours.
  private func archive(_ folder: TemporaryFolder, _ name: String) throws -> String {
    let path = folder.file(name)
    let script = """
      import io, sys, tarfile, zipfile
      path = sys.argv[1]
      files = [("d/a.txt", b"first"), ("d/e/b.txt", b"second" * 1000), ("c.txt", b"")]
      if path.endswith(".zip"):
          with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
              for name, data in files: out.writestr(name, data)
      else:
          mode = {"gz": "w:gz", "xz": "w:xz", "ar": "w"}[path[-2:]]
          with tarfile.open(path, mode) as out:
              for name, data in files:
                  entry = tarfile.TarInfo("./" + name); entry.size = len(data)
                  out.addfile(entry, io.BytesIO(data))
              link = tarfile.TarInfo("link.txt"); link.type = tarfile.SYMTYPE; link.linkname = "/etc/passwd"
              out.addfile(link)
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, path]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return path
  }

  @Test(arguments: ["a.tar", "a.tar.gz", "a.tar.xz", "a.zip"])
  func `gives its files, and neither links nor folders`(name: String) throws {
    let folder = try TemporaryFolder()
    let archive = Archive(try archive(folder, name))
    #expect(try archive.names() == ["d/a.txt", "d/e/b.txt", "c.txt"])
    let files = try archive.files { $0.hasPrefix("d/") }
    #expect(files.map(\.name) == ["d/a.txt", "d/e/b.txt"])
    #expect(files.map(\.bytes.count) == [5, 6000])
    #expect(String(decoding: files[0].bytes, as: UTF8.self) == "first")
    #expect(Archive.isArchive(name: name.uppercased()))
  }

  @Test func `keeps to its limits`() throws {
    let folder = try TemporaryFolder()
    let path = try archive(folder, "a.tar.gz")
    var entries = Archive.Limits()
    entries.entries = 2
    var bytes = Archive.Limits()
    bytes.fileBytes = 5999
    var total = Archive.Limits()
    total.totalBytes = 6004
    for (limits, words) in [
      (entries, "2 entries"), (bytes, "d/e/b.txt"), (total, "d/e/b.txt"),
    ] {
      let error = #expect(throws: SplitpipeError.self) {
        try Archive(path, limits: limits).files { _ in true }
      }
      #expect(error?.kind == .badData)
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
  }

  @Test func `that is none, or damaged, is refused by name`() throws {
    let folder = try TemporaryFolder()
    let path = try archive(folder, "a.tar.xz")
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    let cut = try folder.write("cut.tar.xz", Array(whole.prefix(whole.count / 2)))
    let other = try folder.write("other.zip", Array("nothing of the kind, however long".utf8))
    for path in [cut, other] {
      let error = #expect(throws: SplitpipeError.self) {
        try Archive(path).files { _ in true }
      }
      #expect(error?.kind == .badData && error?.message.contains(path) == true)
    }
    let error = #expect(throws: SplitpipeError.self) {
      try Archive(folder.file("gone.zip")).names()
    }
    #expect(error?.kind == .missingInput, "\(error?.message ?? "")")
  }

  /// Any byte changed, any length: an error or an answer, never a crash.
  @Test func `with damage anywhere never ends the program`() throws {
    let folder = try TemporaryFolder()
    for name in ["a.tar.gz", "a.zip"] {
      let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: try archive(folder, name))))
      for place in stride(from: 0, to: whole.count, by: max(1, whole.count / 60)) {
        var damaged = whole
        damaged[place] ^= 0x41
        let path = try folder.write("damaged-" + name, damaged)
        _ = try? Archive(path).files { _ in true }
        let short = try folder.write("short-" + name, Array(whole[..<place]))
        _ = try? Archive(short).files { _ in true }
      }
    }
  }

  @Test func `of one compressed file is its content`() throws {
    let folder = try TemporaryFolder()
    let plain = try folder.write("plain", Array("content".utf8))
    #expect(try Archive(plain).content() == Array("content".utf8))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-k", plain]
    try process.run()
    process.waitUntilExit()
    #expect(try Archive(plain + ".gz").content() == Array("content".utf8))
    let empty = try folder.write("empty", [])
    #expect(throws: SplitpipeError.self) { try Archive(empty).content() }
  }
}
