import SplitpipeCore
import SplitpipeTestSupport
import SwiftProtobuf
import Testing

@testable import SplitpipeModel

@Suite struct `A file that holds no model that is read` {
  /// The file's name, its first bytes, what it is, and what to do.
  private static let files: [(String, [UInt8], String, String)] = [
    (
      "a.xml", Array("<?xml version=\"1.0\"?>\n<annotation><folder>a".utf8),
      "an XML text that describes no OpenVINO network", "give the ONNX file it was made from"
    ),
    ("a.onnx", Array("\n<!DOCTYPE html><html>".utf8), "a web page", "fetch the file itself"),
    ("a.onnx", Array("<html lang=\"en\">".utf8), "a web page", "fetch the file itself"),
    (
      "a.tflite", [28, 0, 0, 0] + Array("TFL3".utf8), "a TensorFlow Lite model",
      "export the network anew as ONNX"
    ),
    ("a", Array("ftrt".utf8) + [0, 0], "a TensorRT engine", "machine code for one kind of GPU"),
    (
      "a", [2, 0, 0, 0] + Array("{}ftrt".utf8), "a TensorRT engine",
      "machine code for one kind of GPU"
    ),
    ("A.ENGINE", [1, 2, 3], "a TensorRT engine", "machine code for one kind of GPU"),
    (
      "a.safetensors", [2, 0, 0, 0, 0, 0, 0, 0] + Array("{}  ".utf8),
      "a file of weights alone (safetensors)", "export the whole network as ONNX"
    ),
    (
      "a.h5", [0x89] + Array("HDF\r\n".utf8), "an HDF5 file, as Keras writes",
      "export the network anew as ONNX"
    ),
    ("a.gguf", Array("GGUF".utf8), "a GGUF file", "export the network anew as ONNX"),
    (
      "a.ort", [8, 0, 0, 0] + Array("ORTM".utf8), "a model in ONNX Runtime's own format",
      "give the ONNX file it was made from"
    ),
    ("a.param", Array("7767517\n3 3".utf8), "an ncnn network", "export the network anew"),
  ]

  @Test(arguments: files)
  func `is named for what it is`(file: (String, [UInt8], String, String)) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(file.0, file.1)
    let error = #expect(throws: SplitpipeError.self) { try loadModel(path: path) }
    #expect(error?.kind == .badData)
    #expect(
      error?.message.hasPrefix(
        "cannot read model \"\(path)\": it is \(file.2), expected a .pt checkpoint or an ONNX model; "
      )
        == true, "\(error?.message ?? "")")
    #expect(error?.message.contains(file.3) == true, "\(error?.message ?? "")")
  }

  @Test func `is never an ONNX model, nor the first bytes of anything else`() throws {
    let model: [UInt8] = try ONNXFixture.detector.serializedBytes()
    #expect(ForeignModel(model, path: "a.onnx") == nil)
    for count in 0..<16 {
      #expect(ForeignModel([UInt8](repeating: 0x7B, count: count), path: "a.onnx") == nil)
      #expect(ForeignModel([UInt8](repeating: 0xFF, count: count), path: "a.onnx") == nil)
    }
  }

  @Test(
    SharedData.needs("field/16-lfs-pointers/lfs.onnx"), arguments: ["lfs.onnx", "lfs-best.pt"])
  func `may be a pointer of Git LFS`(name: String) {
    let path = SharedData.path("field/16-lfs-pointers/\(name)")
    let error = #expect(throws: SplitpipeError.self) { try loadModel(path: path) }
    #expect(error?.kind == .badData)
    #expect(error?.message.contains("git lfs pull") == true)
  }
}
