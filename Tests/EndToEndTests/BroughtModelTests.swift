import Foundation
import SplitpipeTestSupport
import Testing

/// Models that people brought, through the program.
@Suite(OpenVINORuntime.needed) struct BroughtModelTests {
  private static let quantized = "field/06-default-split/opraz-best_int8.onnx"
  private static let dynamic = "field/05-splits-empty/zededa-best_int8.onnx"
  private static let small = "field/04-splits-fixed-size/FastestDet.onnx"
  private static let picture = "data/images/bus.jpg"

  @Test(SharedData.needs(quantized, picture))
  func `a model without 4.m is cut somewhere, and it is said where`() throws {
    let outcome = try Program.run([
      "run", SharedData.path(Self.picture), "--model", SharedData.path(Self.quantized), "--quiet",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("the model has no 4.m"))
    #expect(outcome.errors.contains("choose with --split (splitpipe splits "))
  }

  @Test(SharedData.needs(dynamic, picture))
  func `a model quantized dynamically finds what another runtime finds`() throws {
    let folder = try TemporaryFolder()
    let lines = folder.file("boxes.jsonl")
    let outcome = try Program.run([
      "run", SharedData.path(Self.picture), "--model", SharedData.path(Self.dynamic), "--bits",
      "32", "--codec", "raw", "--precision", "f32", "--quiet", "--detections", lines,
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    struct Frame: Decodable {
      struct Found: Decodable {
        let box: [Double]
        let confidence: Double
        let name: String
      }
      let boxes: [Found]
    }
    let found = try JSONDecoder().decode(
      Frame.self, from: Data(contentsOf: URL(fileURLWithPath: lines))
    ).boxes.filter { $0.name == "head" }
    // Of ONNX Runtime; codes of 8 bits flip where sums are rounded otherwise.
    for (box, confidence) in [
      ([256.0, 396, 318, 482], 0.905), ([96.0, 397, 161, 471], 0.896),
    ] {
      let near = found.first { zip($0.box, box).allSatisfy { abs($0 - $1) <= 10 } }
      #expect(abs((near?.confidence ?? 0) - confidence) <= 0.03, "\(found)")
    }
  }

  @Test func `an OpenVINO network runs whole, and what would cut it says so`() throws {
    let folder = try TemporaryFolder()
    let model = try RuntimeNetworkFiles.write(in: folder, notes: ["labels": "cat dog"])
    let picture = try folder.write(
      "p/1.ppm", Array("P6 64 32 255\n".utf8) + [UInt8](repeating: 255, count: 64 * 32 * 3))
    let lines = folder.file("boxes.jsonl")
    let outcome = try Program.run([
      "run", picture, "--model", model, "--letterbox", "stretch", "--precision", "f32",
      "--detections", lines, "--summary", folder.file("s.json"), "--quiet",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("whole, f32; nothing was sent"), "\(outcome.output)")
    struct Frame: Decodable {
      struct Found: Decodable {
        let box: [Float]
        let confidence: Float
        let name: String
      }
      let boxes: [Found]
    }
    let found = try JSONDecoder().decode(
      Frame.self, from: Data(contentsOf: URL(fileURLWithPath: lines))
    ).boxes.first
    // Stretched to 32 × 32, each axis comes back by its own scale.
    let box = RuntimeNetworkFiles.box
    #expect(found?.box == [box[0] * 2, box[1], box[2] * 2, box[3]])
    #expect(abs((found?.confidence ?? 0) - RuntimeNetworkFiles.score) < 1e-3)
    let summary = try #require(
      JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: folder.file("s.json")))) as? [String: Any])
    #expect(summary["split"] as? String == "none" && summary["map50"] is NSNull)
    #expect((summary["frontier"] as? [Any])?.isEmpty == true)

    try folder.write("labels/1.txt", "0 0.375 0.5 0.5 0.625\n")
    let scored = try Program.run([
      "run", folder.file("p"), "--model", model, "--letterbox", "stretch", "--truth",
      folder.file("labels"), "--precision", "f32", "--quiet",
    ])
    #expect(scored.code == 0, "\(scored.errors)")
    #expect(scored.output.contains("1.0000 against the labels"), "\(scored.output)")

    let inspected = try Program.run(["models", "inspect", model])
    #expect(inspected.output.contains("the network only runs whole"), "\(inspected.output)")
    for command in [
      ["splits", model], ["export", "--model", model, "--output", folder.file("o")],
      ["evaluate", folder.file("p"), "--model", model],
      ["tune", folder.file("p"), "--model", model],
      ["correlate", picture, "--model", model], ["bench", "codec", picture, "--model", model],
      ["bench", "pipeline", picture, "--model", model],
    ] {
      let outcome = try Program.run(command)
      #expect(outcome.code == 64, "\(command): \(outcome.errors)")
      #expect(outcome.errors.contains("give the ONNX file it was made from"), "\(outcome.errors)")
    }
    for flags in [
      ["--split", "4.m"], ["--bits", "3"], ["--codec", "rle"], ["--quantizer", "held"],
    ] {
      let outcome = try Program.run(["run", picture, "--model", model] + flags)
      #expect(outcome.code == 64, "\(flags): \(outcome.errors)")
      #expect(outcome.errors.contains("\(flags[0]) says how tensors cross"), "\(outcome.errors)")
    }
  }

  @Test(SharedData.needs(small))
  func `splits of a model of one size are those at its size, and no other is asked of it`() throws {
    let model = SharedData.path(Self.small)
    let own = try Program.run(["splits", model])
    #expect(own.code == 0, "\(own.errors)")
    #expect(own.output.split(separator: "\n").count == 211)
    let same = try Program.run(["splits", model, "--size", "352x352"])
    #expect(same.output == own.output)
    let other = try Program.run(["splits", model, "--size", "640"])
    #expect(other.code == 64)
    #expect(other.errors.contains("takes an input of 352×352 only"))
  }
}
