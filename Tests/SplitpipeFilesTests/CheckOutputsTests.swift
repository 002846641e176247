import SplitpipeCore
import SplitpipeFiles
import SplitpipeTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct `The files a command writes` {
  @Test func `are none that it reads, by whatever name`() throws {
    let folder = try TemporaryFolder()
    let input = try folder.write("a.json", "x")
    #expect(unsafe symlink(input, folder.file("link")) == 0)
    for name in ["a.json", "./a.json", "b/../a.json", "link"] {
      let error = #expect(throws: SplitpipeError.self) {
        try checkOutputs([folder.file(name)], inputs: [input])
      }
      #expect(error?.kind == .usage)
      #expect(error?.message.contains(name) == true)
    }
    try checkOutputs([folder.file("b.json")], inputs: [input, "rtsp://camera/1"])
  }

  @Test func `are not the same twice, devices apart`() throws {
    let error = #expect(throws: SplitpipeError.self) {
      try checkOutputs(["a", "b", "./a"], inputs: [])
    }
    #expect(error?.message.contains("written twice") == true)
    try checkOutputs(["/dev/null", "/dev/null"], inputs: [])
  }
}
