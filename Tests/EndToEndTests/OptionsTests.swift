import Foundation
import SplitpipeTestSupport
import Testing

private struct RunOutput: Decodable {
  struct Tensor: Decodable { let shape: [Int] }
  let codec: String
  let bits: Int
  let frontier: [Tensor]
  let boxes: [String: Int]
  let map50: Double?
}

/// What people of this field expect of a program that detects objects.
@Suite(OpenVINORuntime.needed)
struct `Options of boxes and inputs` {
  private static let clip: Swift.Result<String, any Error> = Swift.Result {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("splitpipe-options-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = folder + "/street.mp4"
    let outcome = try Program.run([
      "synth", path, "--seed", "6", "--frames", "12", "--labels", folder + "/street.json",
    ])
    guard outcome.code == 0 else { throw CocoaError(.fileNoSuchFile) }
    return path
  }

  private func run(_ flags: [String]) throws -> RunOutput {
    let outcome = try Program.run(["run", Self.clip.get(), "--json"] + flags)
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(RunOutput.self, from: Data(outcome.output.utf8))
  }

  @Test func `a size changes the network's input`() throws {
    #expect(try run(["--size", "320"]).frontier[0].shape.suffix(2) == [24, 40])
    #expect(try run(["--size", "320x256"]).frontier[0].shape.suffix(2) == [32, 40])
  }

  @Test func `confidence, number and classes choose the boxes that are shown`() throws {
    let all = try run([])
    #expect(all.boxes.count > 1)
    let name = try #require(all.boxes.max { $0.value < $1.value }?.key)
    let some = try run(["--classes", name.uppercased()])
    #expect(some.boxes == [name: all.boxes[name]])
    #expect(try run(["--max-boxes", "1"]).boxes.values.reduce(0, +) <= 12)
    let sure = try run(["--confidence", "0.9"])
    #expect(sure.boxes.values.reduce(0, +) < all.boxes.values.reduce(0, +))
    // mAP has a protocol of its own.
    #expect(sure.map50 == all.map50)
    let loose = try run(["--iou", "0.99"])
    #expect(loose.boxes.values.reduce(0, +) > all.boxes.values.reduce(0, +))
  }

  @Test func `32 bits send the values themselves`() throws {
    let result = try run(["--bits", "32"])
    #expect(result.codec == "raw" && result.bits == 32)
  }

  @Test(arguments: [
    (["--size", "7"], "--size is a number of pixels"),
    (["--size", "650x384"], "multiples of 32; the next is 672x384"),
    (["--range", "2"], "--range is one of 1, 255"),
    (["--channels", "rbg"], "--channels is one of rgb, bgr"),
    (["--letterbox", "left"], "--letterbox is one of centre, corner, stretch"),
    (["--mean", "1,2"], "--mean is three numbers"),
    (["--confidence", "2"], "--confidence is a number from 0.001 to 1"),
    (["--max-boxes", "0"], "--max-boxes is a whole number"),
    (["--classes", "unicorn"], "has no class \"unicorn\"; nearest are"),
  ])
  func `values that make no sense are refused`(flags: [String], words: String) throws {
    let outcome = try Program.run(["run", Self.clip.get()] + flags)
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
  }
}
