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
