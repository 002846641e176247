import Foundation
import SplitpipeTestSupport
import Testing

private let weights = SharedData.path("data/weights/yolov5n.pt")
/// Accuracies that the weights' own notes give.
@Suite(OpenVINORuntime.needed)
struct `evaluate with packed pictures` {
  private func top1(_ dataset: String, _ weights: String, _ options: [String]) throws -> Double {
    let folder = try TemporaryFolder()
    let outcome = try Program.run(
      [
        "evaluate", dataset, "--model", SharedData.path("data/weights/" + weights), "--bits", "8",
        "--summary", folder.file("s.json"), "--quiet",
      ] + options)
    try #require(outcome.code == 0, "\(outcome.errors)")
    let data = try Data(contentsOf: URL(fileURLWithPath: folder.file("s.json")))
    return try #require(JSONDecoder().decode(EvaluationOutput.self, from: data).unsplit.top1)
  }

  @Test(SharedData.needs("data/weights/vgg16q_cifar.onnx", "data/cifar10.tar.xz"))
  func `reads an archive as it comes`() throws {
    let found = try top1(
      SharedData.path("data/cifar10.tar.xz"), "vgg16q_cifar.onnx", ["--resize", "32"])
    #expect(abs(found - 0.8067) < 0.002, "\(found)")
  }

  /// Pictures of 28 pixels have black around them: CenterCrop's way.
  @Test(SharedData.needs("data/weights/vgg16q_notmnist.onnx", "data/notmnist"))
  func `reads files in the form of MNIST`() throws {
    let folder = try TemporaryFolder()
    // The first 8000 were trained on.
    let script = """
      import gzip, struct, sys
      for name, extents in (("images-idx3", (2000, 28, 28)), ("labels-idx1", (2000,))):
          data = gzip.open(f"{sys.argv[1]}/t10k-{name}-ubyte.gz").read()
          count = 2000 * (784 if len(extents) == 3 else 1)
          head = struct.pack(f">I{len(extents)}I", 0x800 + len(extents), *extents)
          gzip.open(f"{sys.argv[2]}/t10k-{name}-ubyte.gz", "w").write(head + data[-count:])
      """
    let cut = try Program.run(
      "/usr/bin/env",
      ["python3", "-c", script, SharedData.path("data/notmnist"), folder.file(".")],
      in: folder.file("."), environment: ProcessInfo.processInfo.environment)
    try #require(cut.code == 0, "\(cut.errors)")
    let found = try top1(folder.file("."), "vgg16q_notmnist.onnx", ["--resize", "28"])
    #expect(abs(found - 0.957) < 0.002, "\(found)")
  }
}

private let coco128 = SharedData.path("data/coco128")

struct EvaluationOutput: Decodable {
  struct Accuracy: Decodable {
    let map50: Double?
    let map50_95: Double?
    let top1: Double?
    let top5: Double?
  }
  struct Bytes: Decodable {
    let raw: Double
    let coded: Double
  }
  struct Row: Decodable {
    let split: String
    let bits: Int
    let codec: String
    let map50: Double?
    let map50_95: Double?
    let top1: Double?
    let top5: Double?
    let bytesPerFrame: Bytes
    let bitsPerCoefficient: Double
    let tensors: [String]
  }
  struct Baseline: Decodable {
    let kind: String
    let setting: Int
    let map50: Double?
    let map50_95: Double?
    let bytesPerFrame: Double
  }
  struct Skipped: Decodable {
    let file: String
    let reason: String
  }
  let images: Int
  let total: Int
  let complete: Bool
  let unsplit: Accuracy
  let rows: [Row]
  let baselines: [Baseline]
  let skipped: [Skipped]
  let notes: [String]
  let stageSeconds: [String: Double]
  let seconds: Double

  init(path: String) throws {
    self = try JSONDecoder().decode(
      Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// The numbers alone, for comparing two sweeps.
  var numbers: [[Double?]] {
    [[unsplit.map50, unsplit.map50_95]]
      + rows.map { [$0.map50, $0.map50_95, $0.bytesPerFrame.coded, $0.bitsPerCoefficient] }
  }
}

@Suite(
  .serialized, OpenVINORuntime.needed,
  SharedData.needs("data/weights/yolov5n.pt", "data/coco128", "reference"))
struct `splitpipe evaluate` {
  struct Reference: Decodable {
    struct Row: Decodable {
      let tensors: String
      let bits: Int
      let map50: Double
      let map50_95: Double
      let rle_kB: Double
    }
    let unsplit: EvaluationOutput.Accuracy
    let rows: [Row]
  }

  private func reference() throws -> Reference {
    let path = SharedData.path("reference/yolov5n_coco128_map.json")
    return try JSONDecoder().decode(
      Reference.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func evaluate(
    _ dataset: String, _ arguments: [String], in folder: TemporaryFolder
  ) throws -> EvaluationOutput {
    let outcome = try Program.run(
      ["evaluate", dataset, "--model", weights, "--precision", "f32", "--quiet"]
        + ["--summary", folder.file("s.json")] + arguments)
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try EvaluationOutput(path: folder.file("s.json"))
  }

  private func check(_ output: EvaluationOutput, _ tensors: [String]) throws {
    let reference = try reference()
    #expect(output.images == 128 && output.complete)
    #expect(abs((output.unsplit.map50_95 ?? 0) - (reference.unsplit.map50_95 ?? 1)) < 0.006)
    let expected = reference.rows.filter { tensors.contains($0.tensors) }
    for row in output.rows {
      let wanted = try #require(
        expected.first { $0.tensors == row.tensors.joined(separator: " + ") && $0.bits == row.bits }
      )
      #expect(abs((row.map50 ?? 0) - wanted.map50) < 0.008, "\(row)")
      #expect(abs((row.map50_95 ?? 0) - wanted.map50_95) < 0.008, "\(row)")
      #expect(abs(row.bytesPerFrame.coded / 1000 / wanted.rle_kB - 1) < 0.01, "\(row)")
    }
  }

  @Test func `gives the official numbers on 128 images, and in good time`() throws {
    let folder = try TemporaryFolder()
    let output = try evaluate(coco128, ["--split", "4.m,4", "--bits", "3,4"], in: folder)
    #expect(output.rows.count == 4)
    try check(output, ["4.m + 4.cv2", "4"])
    #expect(folder.contents == ["s.json"])
    let parts = output.stageSeconds
    let network = ["unsplit", "tail", "head", "compile"].reduce(0) { $0 + (parts[$1] ?? 0) }
    #expect(output.seconds < 1.3 * network, "\(parts)")
  }

  @Test func `quantizes and counts the named tensor alone where asked to`() throws {
    let folder = try TemporaryFolder()
    let output = try evaluate(coco128, ["--only-named", "--bits", "3"], in: folder)
    try check(output, ["4.m"])
  }

  @Test func `goes on after an interruption as if there had been none`() throws {
    let folder = try TemporaryFolder()
    let arguments = ["--bits", "3,5", "--codec", "rle,packed", "--frames", "16"]
    let whole = try evaluate(coco128 + "/instances.json", arguments, in: folder)
    #expect(whole.images == 16 && whole.rows.count == 4)
    let command =
      [
        "evaluate", coco128 + "/instances.json", "--model", weights, "--precision", "f32",
        "--quiet", "--summary", folder.file("i.json"),
      ] + arguments
    let state = folder.file("i.json.sweep")
    let stopped = try Program.run(command) { process in
      for _ in 0..<3000 {
        if (FileManager.default.contents(atPath: state)?.count ?? 0) > 1_000 { break }
        usleep(10_000)
      }
      process.interrupt()
    }
    #expect(stopped.code == 130)
    #expect(stopped.errors.contains("--resume"))
    let part = try EvaluationOutput(path: folder.file("i.json"))
    #expect(!part.complete && part.images > 0 && part.images < 16)

    let refused = try Program.run(command)
    #expect(refused.code == 64)
    #expect(refused.errors.contains("--resume"))
    let resumed = try Program.run(command + ["--resume"])
    #expect(resumed.code == 0, "\(resumed.errors)")
    let rest = try EvaluationOutput(path: folder.file("i.json"))
    #expect(rest.complete && rest.images == 16)
    #expect(!FileManager.default.fileExists(atPath: state))
    #expect(rest.numbers == whole.numbers)
  }

  @Test(Browser.needed)
  func `writes a report that draws every plot, with baselines and pictures`() throws {
    let folder = try TemporaryFolder()
    let output = try evaluate(
      coco128,
      [
        "--frames", "6", "--bits", "2,4", "--jpeg", "20,90", "--report-bits", "2",
        "--report", folder.file("r.html"),
      ], in: folder)
    #expect(output.baselines.map(\.setting) == [20, 90])
    #expect(output.baselines.allSatisfy { $0.kind == "jpeg" })
    #expect(output.baselines[0].bytesPerFrame < output.baselines[1].bytesPerFrame)
    let page = try Browser.open(folder.file("r.html"))
    #expect(page.console == [])
    #expect(page.document.contains("data-plots=\"4\""))
    #expect(page.document.components(separatedBy: "data-drawn=\"true\"").count == 5)
    #expect(page.document.contains("data:image/jpeg;base64,"))
    #expect(page.document.contains("--report-bits 2"))
    #expect(page.document.contains("OpenVINO"))
  }

  @Test(SharedData.needs("data/video/bottle-detection.mp4"))
  func `scores a video against labels by frame number, beside H.264`() throws {
    let folder = try TemporaryFolder()
    let labels = """
      {"images": [{"id": 0}, {"id": 1}, {"id": 3}], "categories": [{"id": 1, "name": "bottle"}],
      "annotations": [
        {"id": 1, "image_id": 0, "category_id": 1, "bbox": [58, 105, 59, 187]},
        {"id": 2, "image_id": 3, "category_id": 1, "bbox": [58, 105, 59, 187]}]}
      """
    let output = try evaluate(
      SharedData.path("data/video/bottle-detection.mp4"),
      [
        "--truth", try folder.write("t.json", Array(labels.utf8)), "--frames", "5", "--bits", "8",
        "--h264", "20,45", "--jpeg", "50",
      ], in: folder)
    // Frame 2 and 4 are not in the labels.
    #expect(output.images == 3)
    #expect(output.baselines.map(\.kind) == ["jpeg", "h264", "h264"])
    #expect(output.baselines[2].bytesPerFrame < output.baselines[1].bytesPerFrame)
    #expect(output.baselines[1].bytesPerFrame < output.baselines[0].bytesPerFrame * 2)
  }

  @Test func `passes over an unreadable image among good ones and says so`() throws {
    let folder = try TemporaryFolder()
    let manager = FileManager.default
    for name in ["images", "labels"] {
      try manager.createDirectory(
        atPath: folder.file("d/" + name), withIntermediateDirectories: true)
    }
    for stem in ["000000000009", "000000000025"] {
      for (kind, ending) in [("images", "jpg"), ("labels", "txt")] {
        try manager.copyItem(
          atPath: coco128 + "/\(kind)/\(stem).\(ending)",
          toPath: folder.file("d/\(kind)/\(stem).\(ending)"))
      }
    }
    _ = try folder.write("d/images/broken.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3])
    let outcome = try Program.run([
      "evaluate", folder.file("d"), "--model", weights, "--bits", "4", "--precision", "f32",
      "--summary", folder.file("s.json"),
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("broken.jpg"))
    #expect(outcome.errors.contains("without a label file"))
    let output = try EvaluationOutput(path: folder.file("s.json"))
    #expect(output.images == 2)
    #expect(output.skipped.map(\.file) == [folder.file("d/images/broken.jpg")])
    #expect(output.notes.contains { $0.contains("broken.jpg") })
  }

  @Test(arguments: [
    (["--split", "4.mm"], 64, "4.m"), (["--bits", "1"], 64, "2 to 8"),
    (["--codec", "rl"], 64, "rle"), (["--jpeg", "0"], 64, "1 to 100"),
    (["--h264", "23"], 64, "videos"), (["--resume"], 64, "--summary"),
    (
      ["--summary", coco128 + "/instances.json", "--truth", coco128 + "/instances.json"], 64,
      "input"
    ),
    (["--summary", weights], 64, "input"),
    (["--summary", coco128 + "/images/000000000009.jpg"], 64, "input"),
    (["--summary", "same.html", "--report", "./same.html"], 64, "written twice"),
    (["--summary", "/nowhere/s.json"], 73, "/nowhere/s.json"),
    (["--report", "/nowhere/r.html"], 73, "/nowhere/r.html"),
  ])
  func `finds out what is wrong before the work starts`(
    arguments: [String], code: Int32, part: String
  ) throws {
    let outcome = try Program.run(["evaluate", coco128, "--model", weights] + arguments)
    #expect(outcome.code == code, "\(outcome.errors)")
    #expect(outcome.errors.contains(part), "\(outcome.errors)")
  }
}

@Suite(
  OpenVINORuntime.needed,
  SharedData.needs("data/weights/efficientnet_lite0.onnx", "data/imagenet-val300"))
struct `splitpipe evaluate with a classifier` {
  private let model = SharedData.path("data/weights/efficientnet_lite0.onnx")
  private let dataset = SharedData.path("data/imagenet-val300")

  @Test func `gives the known top-1 and top-5`() throws {
    let folder = try TemporaryFolder()
    let outcome = try Program.run([
      "evaluate", dataset, "--model", model, "--precision", "f32", "--split", "_blocks.5",
      "--bits", "2,8", "--range", "255", "--mean", "127,127,127", "--std", "128,128,128",
      "--resize", "224", "--summary", folder.file("s.json"),
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("top-5"))
    let output = try EvaluationOutput(path: folder.file("s.json"))
    #expect(output.images == 300)
    #expect(abs((output.unsplit.top1 ?? 0) - 0.6333) < 0.01)
    #expect(abs((output.unsplit.top5 ?? 0) - 0.9233) < 0.01)
    #expect((output.rows[0].top1 ?? 1) < (output.unsplit.top1 ?? 0) - 0.05)
    #expect(abs((output.rows[1].top1 ?? 0) - (output.unsplit.top1 ?? 1)) < 0.01)
  }

  @Test func `refuses a crop that the model cannot take`() throws {
    let outcome = try Program.run(
      ["evaluate", dataset, "--model", model, "--crop", "192", "--split", "_blocks.5"])
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains("224×224"))
  }
}
