import FoundationEssentials
import SplitpipeCore
import SplitpipeTestSupport
import SwiftProtobuf
import Testing

@testable import SplitpipeModel

@Suite struct `Weights beside a model` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The detector with its kernel (216 bytes) in another file.
  private func message(_ entries: [(String, String)]) throws -> ONNXModel {
    var message = ONNXFixture.detector
    let index = try #require(message.graph.initializer.firstIndex { $0.name == "kernel" })
    message.graph.initializer[index].rawData = Data()
    message.graph.initializer[index].dataLocation = .external
    message.graph.initializer[index].externalData = entries.map { key, value in
      .with {
        $0.key = key
        $0.value = value
      }
    }
    return message
  }

  private func kernel() throws -> [UInt8] {
    let message = ONNXFixture.detector
    return [UInt8](try #require(message.graph.initializer.first { $0.name == "kernel" }).rawData)
  }

  private func load(_ entries: [(String, String)]) throws -> Model {
    let bytes: [UInt8] = try message(entries).serializedBytes()
    return try loadModel(path: try folder.write("model.onnx", bytes))
  }

  private func refusal(_ entries: [(String, String)]) -> SplitpipeError? {
    #expect(throws: SplitpipeError.self) { try load(entries) }
  }

  @Test(arguments: ["weights.bin", "./sub/weights.bin"])
  func `are read from the file, its offset and its length`(location: String) throws {
    try folder.write(location, [7, 7, 7, 7] as [UInt8] + kernel() + [9])
    let model = try load([("location", location), ("offset", "4"), ("length", "216")])
    let size = PixelSize(width: 32, height: 32)
    let plain = try readONNX(bytes: ONNXFixture.detector.serializedBytes(), name: "plain")
    #expect(try model.graph(size).weights == plain.graph(size).weights)
    // Other weights make another model, though the file that names them is the same.
    try folder.write(location, [7, 7, 7, 7] as [UInt8] + kernel().reversed() + [9])
    let other = try load([("location", location), ("offset", "4"), ("length", "216")])
    #expect(other.contentHash != model.contentHash)
  }

  @Test(arguments: [
    "/etc/hostname", "../weights.bin", "sub/../../weights.bin", "", "sub//weights.bin", "a\u{0}b",
    "..",
  ])
  func `are not read from anywhere else`(location: String) throws {
    let error = refusal([("location", location)])
    #expect(error?.kind == .badData)
    #expect(
      error?.message.contains("expected a file in the model's folder or below") == true,
      "\(error?.message ?? "")")
  }

  @Test func `are missed with the place where they belong`() throws {
    let error = refusal([("location", "weights.bin")])
    #expect(error?.kind == .missingInput)
    #expect(error?.message.contains("weight \"kernel\" lies in another file: ") == true)
    #expect(error?.message.contains("/weights.bin\": No such file or directory") == true)
    #expect(error?.message.hasSuffix("the file belongs beside the model, copy it there") == true)
  }

  @Test(arguments: [
    ([("offset", "-1")], "with offset \"-1\", expected a number of bytes"),
    ([("offset", "many")], "with offset \"many\", expected a number of bytes"),
    ([("length", "99999999999999999999")], "expected a number of bytes"),
    ([("length", "215")], "needs 216 bytes, found 215 in"),
    ([("offset", "1")], "expected 216 bytes from byte 1 on, it has 216 bytes altogether"),
    ([("offset", "9223372036854775807")], "it has 216 bytes altogether"),
  ])
  func `are refused where the file does not hold them`(
    entries: [(String, String)], part: String
  ) throws {
    try folder.write("weights.bin", kernel())
    let error = refusal([("location", "weights.bin")] + entries)
    #expect(error?.kind == .badData)
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
  }

  @Test func `are refused where they are more than the limit, before they are read`() throws {
    let files = ExternalWeights(folder: "/nowhere", limit: 100)
    let entry = ONNXEntry.with {
      $0.key = "location"
      $0.value = "weights.bin"
    }
    let error = #expect(throws: SplitpipeError.self) {
      try files.bytes(of: "kernel", at: [entry], count: 101)
    }
    #expect(error?.kind == .badData)
  }
}
