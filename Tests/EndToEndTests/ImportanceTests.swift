import Foundation
import SplitpipeTestSupport
import Testing

@Suite(OpenVINORuntime.needed)
struct `splitpipe importance` {
  @Test(SharedData.needs("data/weights/yolov5n.pt", "data/coco128"))
  func `tells a curve, its candidates, and each class`() throws {
    let folder = try TemporaryFolder()
    let outcome = try Program.run([
      "importance", SharedData.path("data/coco128"), "--model",
      SharedData.path("data/weights/yolov5n.pt"), "--frames", "3", "--split", "2,4.m,4,6,9,17",
      "--summary", folder.file("s.json"),
    ])
    try #require(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("4.m"))
    let summary = try jsonObject(folder.file("s.json"))
    let tensors = try #require(summary["tensors"] as? [[String: Any]])
    #expect(tensors.compactMap { $0["module"] as? String } == ["2", "4.m", "4", "6", "9", "17"])
    #expect(try tensors.allSatisfy { try #require($0["mean"] as? Double) > 0 })
    #expect(tensors.allSatisfy { ($0["perClass"] as? [String: Double])?.isEmpty == false })
    let candidates = try #require(summary["candidates"] as? [String: [String]])
    #expect(candidates["cui"]?.isEmpty == false)
    // 80×80×64 becomes 20×20×256, and grows again.
    #expect(candidates["cde"]?.contains("6") == true)
    #expect(!FileManager.default.fileExists(atPath: folder.file("s.json.importance")))
  }

  @Test(SharedData.needs("data/weights/yolov5n.pt", "data/coco128"))
  func `holds the values of relevant coefficients against those of all, and shows where they lie`()
    throws
  {
    let folder = try TemporaryFolder()
    let common = [
      "importance", SharedData.path("data/coco128"), "--model",
      SharedData.path("data/weights/yolov5n.pt"), "--frames", "3", "--size", "320x320", "--quiet",
    ]
    for (method, isTold) in [("grad-cam", true), ("gradients", false)] {
      let report = folder.file(method + ".html")
      let outcome = try Program.run(
        common + [
          "--split", "4.m,9", "--relevance", "10%", "--method", method, "--summary",
          folder.file("s.json"), "--report", report,
        ])
      try #require(outcome.code == 0, "\(outcome.errors)")
      let summary = try jsonObject(folder.file("s.json"))
      let relevance = try #require(summary["relevance"] as? [[String: Any]])
      #expect(relevance.compactMap { $0["tensor"] as? String } == ["4.m", "9"])
      for tensor in relevance {
        let areas = try #require(tensor["areaUnderROC"] as? [String: Double])
        // A product with the value cannot but tell; a gradient alone says little of it.
        #expect((try #require(areas.values.max()) > 0.7) == isTold, "\(method): \(areas)")
      }
      if Browser.isThere {
        let page = try Browser.open(report)
        #expect(page.console.isEmpty, "\(page.console)")
        let peak = (summary["candidates"] as? [String: [String]])?["cui"]?.first ?? ""
        #expect(page.document.contains("data-maps=\"\(peak)\""))
      }
    }
    for (options, words) in [
      (["--relevance", "10%"], "--split"), (["--relevance", "0", "--split", "9"], "--relevance"),
      (["--relevance", "much", "--split", "9"], "much"),
    ] {
      let outcome = try Program.run(common + options)
      #expect(outcome.code == 64 && outcome.errors.contains(words), "\(outcome.errors)")
    }
  }

  @Test(SharedData.needs("data/weights/yolov5n.pt", "data/coco128"))
  func `goes on where it was interrupted, to the same curve`() throws {
    let folder = try TemporaryFolder()
    let common = [
      "importance", SharedData.path("data/coco128"), "--model",
      SharedData.path("data/weights/yolov5n.pt"), "--frames", "6", "--split", "4.m,9", "--size",
      "320x320",
    ]
    let whole = try Program.run(common + ["--summary", folder.file("whole.json")])
    try #require(whole.code == 0, "\(whole.errors)")
    let parted = common + ["--summary", folder.file("parted.json")]
    let state = folder.file("parted.json.importance")
    let first = try Program.run(parted) { process in
      while process.isRunning {
        let text = (try? String(contentsOfFile: state, encoding: .utf8)) ?? ""
        if text.split(separator: "\n").count > 2 { break }
        Thread.sleep(forTimeInterval: 0.005)
      }
      process.interrupt()
    }
    if first.code != 0 {
      #expect(first.code == 130, "\(first.errors)")
      #expect(first.errors.contains("--resume"))
      let again = try Program.run(parted)
      #expect(again.code == 64, "\(again.errors)")
      #expect(again.errors.contains("--resume"))
      let other = try Program.run(parted + ["--resume", "--definition", "paper"])
      #expect(other.code == 64, "\(other.errors)")
      #expect(other.errors.contains("another method"))
      let rest = try Program.run(parted + ["--resume"])
      try #require(rest.code == 0, "\(rest.errors)")
    }
    let (a, b) = (
      try String(contentsOfFile: folder.file("whole.json"), encoding: .utf8),
      try String(contentsOfFile: folder.file("parted.json"), encoding: .utf8)
    )
    #expect(a == b)
  }

  @Test(
    SharedData.needs("data/weights/efficientnet_lite0.onnx", "data/imagenet-val300/labels.csv"))
  func `tells a classifier's, of its labels or of its answers`() throws {
    let folder = try TemporaryFolder()
    for target in ["label", "prediction"] {
      let outcome = try Program.run([
        "importance", SharedData.path("data/imagenet-val300"), "--model",
        SharedData.path("data/weights/efficientnet_lite0.onnx"), "--frames", "4", "--range", "255",
        "--mean", "127,127,127", "--std", "128,128,128", "--resize", "224", "--target", target,
        "--split", "/_blocks.4/Add_output_0,/_conv_head/Conv_output_0", "--summary",
        folder.file("s.json"),
      ])
      try #require(outcome.code == 0, "\(outcome.errors)")
      #expect(try jsonObject(folder.file("s.json"))["images"] as? Int == 4)
    }
  }

  @Test func `says what it cannot do, and ends with the right code`() throws {
    let folder = try TemporaryFolder()
    let pictures = ProjectFolder.path("Models/demo")
    let clip = try street(folder, frames: 2)
    for (arguments, code, part) in [
      ([pictures, "--method", "guess"], Int32(64), "grad-cam, gradients"),
      ([pictures, "--definition", "x"], 64, "code, paper, cumulative"),
      ([pictures, "--target", "label"], 64, "choose kept or truth"),
      ([pictures, "--target", "truth"], 64, "--target kept"),
      ([pictures, "--classes", "unicorn"], 64, "unicorn"),
      ([pictures, "--split", "4.q"], 64, "4.m"),
      ([pictures, "--resume"], 64, "--summary"),
      ([pictures, "--precision", "bf16"], 64, "f32"),
      ([clip], 64, "is a video"),
      (["/nowhere"], 66, "/nowhere"),
    ] {
      let outcome = try Program.run(["importance"] + arguments)
      #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains(part), "\(arguments): \(outcome.errors)")
    }
  }
}
