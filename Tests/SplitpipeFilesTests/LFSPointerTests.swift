import SplitpipeCore
import SplitpipeFiles
import Testing

@Suite struct LFSPointerTests {
  @Test func `a pointer says how large its file is`() {
    let text = """
      version https://git-lfs.github.com/spec/v1
      oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
      size 12345678

      """
    let pointer = LFSPointer(Array(text.utf8))
    #expect(pointer?.bytes == 12_345_678)
    #expect(
      pointer?.error(for: "best.onnx")
        == SplitpipeError(
          .badData,
          "\"best.onnx\" is a Git LFS pointer, not the file of 12345678 bytes that it stands for; "
            + "run git lfs pull in its repository"))
  }

  @Test func `what is cut short is still a pointer, what begins otherwise is none`() {
    let start = Array("version https://git-lfs.github.com/spec/v1\nsize many".utf8)
    #expect(LFSPointer(start) != nil)
    #expect(LFSPointer(start)?.bytes == nil)
    #expect(LFSPointer(start.dropFirst()) == nil)
    #expect(LFSPointer([]) == nil)
  }
}
