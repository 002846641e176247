import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

@Suite struct LoadModelTests {
  @Test func `a file that is no model is refused with a sentence`() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("splitpipe-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func refusal(_ name: String, _ content: String?) throws -> SplitpipeError? {
      let file = folder.appendingPathComponent(name)
      if let content { try Data(content.utf8).write(to: file) }
      return #expect(throws: SplitpipeError.self) { try loadModel(path: file.path) }
    }
    let empty = try refusal("empty.onnx", "")
    #expect(empty?.kind == .badData)
    #expect(empty?.message.contains("/empty.onnx\": neither a .pt checkpoint") == true)
    #expect(empty?.message.contains("it is empty (0 bytes)") == true)
    let text = try refusal("notes.txt", "This is no model, it is a text about models.\n")
    #expect(text?.kind == .badData)
    #expect(text?.message.contains("neither a .pt checkpoint nor a whole ONNX model") == true)
    let archive = try refusal("archive.pt", "PK\u{3}\u{4} and then nothing of use")
    #expect(archive?.kind == .badData)
    let missing = try refusal("missing.onnx", nil)
    #expect(missing?.kind == .missingInput)
    #expect(missing?.message.contains("No such file or directory") == true)
    let directory = #expect(throws: SplitpipeError.self) { try loadModel(path: folder.path) }
    #expect(directory?.kind == .missingInput)
  }
}
