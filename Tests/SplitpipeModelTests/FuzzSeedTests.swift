import Foundation
import SplitpipeCore
import SwiftProtobuf
import Testing

@testable import SplitpipeModel

/// The good models that fuzzing starts from lie in `Fuzz/Seeds`, for the fuzzer has no fixtures.
struct FuzzSeedTests {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fuzz/Seeds")

  private func seeds() throws -> [(path: String, bytes: [UInt8])] {
    [
      ("checkpoint/tiny.pt", TinyCheckpoint().bytes),
      ("checkpoint/ultralytics.pt", TinyUltralytics.seed.bytes),
      ("pickle/tiny.pkl", TinyCheckpoint().root.pickle),
      ("onnx/detector.onnx", try ONNXFixture.detector.serializedBytes()),
      ("onnx/block.onnx", try ONNXFixture.message(GraphSketch.c3).serializedBytes()),
    ]
  }

  /// `SPLITPIPE_RECORD_SEEDS=1` writes them anew, and fails so that nobody records unseen.
  @Test func `good models to fuzz from are those of the fixtures`() throws {
    let isRecording = ProcessInfo.processInfo.environment["SPLITPIPE_RECORD_SEEDS"] != nil
    for seed in try seeds() {
      let file = Self.folder.appendingPathComponent(seed.path)
      if isRecording {
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(seed.bytes).write(to: file)
      }
      #expect(!isRecording, "\(seed.path) was recorded: look at it, then run without recording")
      #expect([UInt8](try Data(contentsOf: file)) == seed.bytes, "\(seed.path)")
    }
  }

  @Test func `good models to fuzz from are read`() throws {
    for seed in try seeds() where !seed.path.hasSuffix(".pkl") {
      _ =
        seed.path.hasSuffix(".pt")
        ? try readCheckpoint(bytes: seed.bytes, name: seed.path)
        : try readONNX(bytes: seed.bytes, name: seed.path)
    }
  }
}
