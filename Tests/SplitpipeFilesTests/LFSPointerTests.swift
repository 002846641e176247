import SplitpipeCore
import SplitpipeFiles
import SplitpipeTestSupport
import Testing

@Suite struct `Git LFS pointers` {
  static let pointer = """
    version https://git-lfs.github.com/spec/v1
    oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
    size 3870000

    """

  @Test func `are known with the size of the file they stand for`() throws {
    let found = try #require(LFSPointer(Array(Self.pointer.utf8)))
    #expect(found.bytes == 3_870_000)
    #expect(
      SplitpipeError.isPointer("a.pt", found).message
        == "\"a.pt\" is a Git LFS pointer to a file of 3870000 bytes, not the file itself; fetch "
        + "it with: git lfs pull")
  }

  @Test(arguments: [
    "", "version 1", "version https://git-lfs.github.com/spec/v1\n",
    "version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize many\n",
    "version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize -1\n",
    pointer + String(repeating: "x", count: 1024),
  ])
  func `are nothing else`(text: String) {
    #expect(LFSPointer(Array(text.utf8)) == nil)
  }

  @Test(SharedData.needs("field/16-lfs-pointers/lfs.jpg"))
  func `are known where people met them`() throws {
    for name in ["lfs.jpg", "lfs.onnx", "lfs-best.pt"] {
      let path = SharedData.path("field/16-lfs-pointers/" + name)
      #expect(LFSPointer(try readFile(path, limit: LFSPointer.lengthLimit)) != nil, "\(name)")
    }
  }
}
