import Foundation
import SplitpipeTestSupport
import Testing

private let weights = SharedData.path("data/weights/yolov5n.pt")
private let cars = SharedData.path("data/video/car-detection.mp4")

struct CorrelationOutput: Decodable {
  struct Directions: Decodable {
    let row: Double?
    let column: Double?
    let channel: Double?
    let time: Double?
  }
  struct Entropies: Decodable {
    let order0: Double
    let perChannel: Double
    let givenLeft: Double?
    let givenUp: Double?
    let givenPrevious: Double?
    let givenPreviousAndLeft: Double?
    let unchangedFraction: Double?

    var all: [Double?] {
      [order0, perChannel, givenLeft, givenUp, givenPrevious, givenPreviousAndLeft]
    }
  }
  struct Held: Decodable {
    let entropies: [String: Entropies]
  }
  struct Spectrum: Decodable {
    let energyInLowest10Percent: Directions
  }
  struct Tensor: Decodable {
    let name: String
    let shape: [Int]
    let zeroFraction: Double
    let rangeRatio: Directions
    let entropy: Entropies
    let entropies: [String: Entropies]
    let heldRange: Held?
    let pearson: Directions
    let unchangedFraction: Double?
    let spectrum: Spectrum
    let bytesPerFrame: [String: [String: Double]]?
  }
  struct Segment: Decodable {
    let kind: String
    let firstFrame: Int
    let lastFrame: Int
    let tensors: [Tensor]
  }
  struct LowPass: Decodable {
    let percent: Int
    let axes: String
    let map50_95: Double?
  }
  let frames: Int
  let interrupted: Bool
  let tensors: [Tensor]
  let segments: [Segment]?
  let lowPass: [LowPass]?
  let notes: [String]
  let conclusion: String

  init(path: String) throws {
    self = try JSONDecoder().decode(
      Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }
}

private func correlate(
  _ input: String, _ arguments: [String], in folder: TemporaryFolder
) throws -> CorrelationOutput {
  let outcome = try Program.run(
    ["correlate", input, "--quiet", "--summary", folder.file("s.json")] + arguments)
  #expect(outcome.code == 0, "\(outcome.errors)")
  return try CorrelationOutput(path: folder.file("s.json"))
}

@Suite(
  .serialized, OpenVINORuntime.needed,
  SharedData.needs("data/weights/yolov5n.pt", "data/video", "reference"))
struct `splitpipe correlate` {
  private struct Reference: Decodable {
    struct Clip: Decodable {
      let tensors: [String: [Row]]
    }
    struct Row: Decodable {
      let bits: Int
      let zeroFraction: Double
      let rangeRatio: CorrelationOutput.Directions
      let entropy: CorrelationOutput.Entropies
      let pearson: CorrelationOutput.Directions
      let unchangedFraction: Double
    }
    let clips: [String: Clip]

    init() throws {
      let path = SharedData.path("reference/yolov5n_correlation.json")
      var object =
        try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
        as? [String: Any] ?? [:]
      object["about"] = nil
      clips = try JSONDecoder().decode(
        [String: Clip].self, from: JSONSerialization.data(withJSONObject: object))
    }
  }

  @Test(arguments: ["car-detection", "bottle-detection"])
  func `gives the numbers of the official network`(clip: String) throws {
    let folder = try TemporaryFolder()
    let output = try correlate(
      SharedData.path("data/video/\(clip).mp4"),
      ["--model", weights, "--precision", "f32", "--frames", "200", "--bits", "3,4"], in: folder)
    #expect(output.frames == 200 && output.tensors.map(\.name) == ["4.m", "4.cv2"])
    let reference = try #require(Reference().clips[clip])
    for tensor in output.tensors {
      #expect(tensor.shape == [1, 32, 48, 80])
      for row in try #require(reference.tensors[tensor.name]) {
        let found = try #require(tensor.entropies[String(row.bits)])
        // In the order of `all`: the last two are given the frame before.
        for (index, pair) in zip(found.all, row.entropy.all).enumerated() {
          let (value, wanted) = (try #require(pair.0), try #require(pair.1))
          #expect(abs(value / wanted - 1) < (index < 4 ? 0.03 : 0.06), "\(tensor.name) \(index)")
        }
        let ratios = [
          (tensor.rangeRatio.row, row.rangeRatio.row),
          (tensor.rangeRatio.column, row.rangeRatio.column),
          (tensor.rangeRatio.channel, row.rangeRatio.channel),
          (tensor.rangeRatio.time, row.rangeRatio.time),
        ]
        for (value, wanted) in ratios { #expect(abs((value ?? 0) / (wanted ?? 1) - 1) < 0.02) }
        let correlations = [
          (tensor.pearson.row, row.pearson.row), (tensor.pearson.column, row.pearson.column),
          (tensor.pearson.channel, row.pearson.channel), (tensor.pearson.time, row.pearson.time),
        ]
        for (value, wanted) in correlations { #expect(abs((value ?? 2) - (wanted ?? 0)) < 0.01) }
        #expect(abs((found.unchangedFraction ?? 0) - row.unchangedFraction) < 0.003)
      }
      #expect(
        abs(tensor.zeroFraction - (reference.tensors[tensor.name]?[0].zeroFraction ?? 1)) < 0.005)
      let held = try #require(tensor.heldRange?.entropies["3"]?.givenPrevious)
      #expect(held < tensor.entropy.givenPrevious ?? 0)
    }
    #expect(output.conclusion.contains("Time: worth using"))
  }

  @Test(Browser.needed) func `writes a report that draws every plot, on a phone as well`() throws {
    let folder = try TemporaryFolder()
    let output = try correlate(
      cars,
      [
        "--model", weights, "--frames", "12", "--bits", "2,3", "--tensors", "1,4.m,9",
        "--report", folder.file("r.html"),
      ], in: folder)
    #expect(output.tensors.map(\.name) == ["1", "4.m", "9"])
    let rle = try #require(output.tensors[1].bytesPerFrame?["3"]?["rle"])
    #expect(abs(rle / 56404 - 1) < 0.05)
    // A desk's width and a phone's; the page says itself whether anything sticks out.
    for size in ["1000,1400", "400,800"] {
      let page = try Browser.open(folder.file("r.html"), arguments: ["--window-size=\(size)"])
      #expect(page.console == [])
      // For each tensor its distribution and two bit depths.
      #expect(page.document.contains("data-plots=\"9\""))
      #expect(page.document.contains("data-overflows=\"false\""))
      #expect(page.document.components(separatedBy: "data-drawn=\"true\"").count == 10)
      #expect(page.document.components(separatedBy: "data:image/png;base64,").count == 4)
      #expect(page.document.contains("Rule: "))
      #expect(page.document.contains("codec rle"))
    }
  }

  @Test func `measures what low-pass filters cost`() throws {
    let folder = try TemporaryFolder()
    let output = try correlate(
      SharedData.path("data/video/bottle-detection.mp4"),
      ["--model", weights, "--frames", "3", "--lowpass", "10,50"], in: folder)
    let rows = try #require(output.lowPass)
    #expect(rows.count == 11 && rows[0].axes == "none")
    let whole = try #require(rows[0].map50_95)
    let few = try #require(rows.first { $0.axes == "row" && $0.percent == 10 }?.map50_95)
    #expect(whole > 0.9 && few < whole)
  }

  @Test func `keeps what it has done where it is interrupted`() throws {
    let folder = try TemporaryFolder()
    let outcome = try Program.run(
      [
        "correlate", SharedData.path("data/video/bottle-detection.mp4"), "--model", weights,
        "--summary", folder.file("s.json"), "--report", folder.file("r.html"),
      ]
    ) { process in
      // The whole clip takes several times as much; other work on the machine does not count.
      while process.isRunning, Program.processorSeconds(of: process) < 3 { usleep(10_000) }
      process.interrupt()
    }
    #expect(outcome.code == 130, "\(outcome.errors)")
    #expect(outcome.errors.contains("stopped after"))
    let output = try CorrelationOutput(path: folder.file("s.json"))
    #expect(output.interrupted && output.frames > 0 && output.frames < 1189)
    #expect(folder.contents == ["r.html", "s.json"])
  }

  @Test(arguments: [
    (["--tensors", "4.m,4.cv9"], 64, "\"4.cv2\""), (["--split", "4.mm"], 64, "4.m"),
    (["--bits", "1"], 64, "2 to 8"), (["--bits", "3,x"], 64, "2,4-8"),
    (["--lowpass", "0"], 64, "1 to 100"), (["--every", "0"], 64, "--every"),
    (["--segments", "some"], 64, "auto"), (["--codecs", "rl"], 64, "rle"),
    (["--summary", "/nowhere/s.json"], 73, "/nowhere/s.json"),
    (["--report", "/nowhere/r.html"], 73, "/nowhere/r.html"),
    (["--summary", cars], 64, "is an input"),
  ])
  func `finds out what is wrong before the work starts`(
    arguments: [String], code: Int32, part: String
  ) throws {
    let outcome = try Program.run(["correlate", cars, "--model", weights] + arguments)
    #expect(outcome.code == code, "\(outcome.errors)")
    #expect(outcome.errors.contains(part), "\(outcome.errors)")
  }

  @Test func `is echoed live: every frame but the first says what is unchanged`() throws {
    struct Line: Decodable { let unchanged: Double? }
    let folder = try TemporaryFolder()
    let outcome = try Program.run([
      "run", cars, "--model", weights, "--frames", "4", "--quiet", "--detections",
      folder.file("d.jsonl"),
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let lines = try String(contentsOfFile: folder.file("d.jsonl"), encoding: .utf8)
      .split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    #expect(lines.count == 4 && lines[0].unchanged == nil)
    for line in lines.dropFirst() {
      #expect(line.unchanged.map { (0.8...1).contains($0) } == true)
    }
  }
}

/// Clips that the program renders, on the demo model.
@Suite(.serialized, OpenVINORuntime.needed)
struct `splitpipe correlate on rendered clips` {
  private func synth(_ name: String, _ arguments: [String], in folder: TemporaryFolder) throws
    -> String
  {
    let path = folder.file(name)
    let outcome = try Program.run(["synth", path, "--quiet"] + arguments)
    #expect(outcome.code == 0, "\(outcome.errors)")
    return path
  }

  @Test func `tells the visit to a still scene from the time before and after it`() throws {
    struct Labels: Decodable {
      struct Annotation: Decodable { let image_id: Int }
      let annotations: [Annotation]
    }
    let folder = try TemporaryFolder()
    let clip = try synth(
      "visit.mp4",
      ["--seed", "6", "--visit", "3", "--frames", "150", "--labels", folder.file("l.json")],
      in: folder)
    let output = try correlate(clip, ["--segments", "auto"], in: folder)
    let segments = try #require(output.segments)
    #expect(segments.map(\.kind) == ["still", "moving", "still"])
    #expect(
      segments.map(\.firstFrame).dropFirst() == [
        segments[0].lastFrame + 1, segments[1].lastFrame + 1,
      ])
    let seen = try JSONDecoder().decode(
      Labels.self, from: Data(contentsOf: URL(fileURLWithPath: folder.file("l.json")))
    ).annotations.map(\.image_id)
    // It counts as moving from when its edge comes in sight until 0.4 s after it is gone.
    #expect(abs(segments[1].firstFrame - (seen.min() ?? 0)) <= 5)
    #expect(abs(segments[1].lastFrame - (seen.max() ?? 0)) <= 12)
    let bits = segments.map { $0.tensors[0].entropy.givenPrevious ?? 0 }
    #expect(bits[1] > 1.5 * bits[0] && bits[1] > 1.5 * bits[2])
  }

  @Test func `goes on where the picture changes its size, and says so`() throws {
    let folder = try TemporaryFolder()
    var bytes: [UInt8] = []
    for (name, size) in [("a.h264", "640x384"), ("b.h264", "320x256")] {
      let part = try synth(name, ["--frames", "6", "--size", size], in: folder)
      bytes += try [UInt8](Data(contentsOf: URL(fileURLWithPath: part)))
    }
    let output = try correlate(
      folder.write("ab.h264", bytes), ["--report", folder.file("r.html")], in: folder)
    #expect(output.frames == 12)
    #expect(output.notes.contains { $0.contains("640×384 to 320×256") })
    #expect(output.tensors[0].entropy.givenPrevious != nil)
  }

  @Test func `leaves the temporal part out where there is one frame`() throws {
    let folder = try TemporaryFolder()
    let clip = try synth("one.mp4", ["--frames", "1"], in: folder)
    let output = try correlate(clip, ["--report", folder.file("r.html")], in: folder)
    #expect(output.frames == 1)
    #expect(output.notes.contains { $0.contains("one frame") })
    let tensor = output.tensors[0]
    #expect(tensor.entropy.givenPrevious == nil && tensor.rangeRatio.time == nil)
    #expect(tensor.heldRange == nil && tensor.unchangedFraction == nil)
    #expect(tensor.entropy.givenLeft != nil)
    #expect(output.conclusion.contains("Time: not measured"))
  }

  @Test(SharedData.needs("data/weights/efficientnet_lite0.onnx", "data/imagenet-val300"))
  func `takes a classifier and a folder of images, without a temporal part`() throws {
    let folder = try TemporaryFolder()
    let output = try correlate(
      SharedData.path("data/imagenet-val300/images"),
      [
        "--model", SharedData.path("data/weights/efficientnet_lite0.onnx"), "--split",
        "_blocks.5", "--frames", "5", "--range", "255", "--mean", "127,127,127", "--std",
        "128,128,128", "--resize", "224", "--segments", "auto",
      ], in: folder)
    #expect(output.frames == 5 && output.segments == nil)
    #expect(output.notes.contains { $0.contains("do not follow one another") })
    #expect(output.tensors.allSatisfy { $0.entropy.givenPrevious == nil })
    #expect(output.tensors.allSatisfy { $0.entropy.givenLeft != nil })
  }

  @Test func `refuses a model that makes no numbers`() throws {
    // graph { Log("x") -> "a"; Relu("a") -> "b" }, x 1×3×32×32: the logarithm of what is below 0.
    func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
      [number << 3 | 2, UInt8(bytes.count)] + bytes
    }
    func text(_ number: UInt8, _ string: String) -> [UInt8] { field(number, Array(string.utf8)) }
    func node(_ operation: String, _ from: String, _ to: String) -> [UInt8] {
      field(1, text(1, from) + text(2, to) + text(4, operation))
    }
    let shape = [1, 3, 32, 32].flatMap { field(1, [0x08, UInt8($0)]) }
    let type = field(1, [0x08, 1] + field(2, shape))
    let graph =
      node("Log", "x", "a") + node("Relu", "a", "b") + field(11, text(1, "x") + field(2, type))
      + field(12, text(1, "b") + field(2, type))
    let folder = try TemporaryFolder()
    let model = try folder.write(
      "log.onnx", [0x08, 8] + field(7, graph) + field(8, [0x10, 13]))
    let clip = try synth("c.mp4", ["--frames", "2"], in: folder)
    let outcome = try Program.run([
      "correlate", clip, "--model", model, "--split", "a", "--mean", "0.485,0.456,0.406",
    ])
    #expect(outcome.code == 65)
    #expect(outcome.errors.contains("frame 0: cannot analyse tensor \"a\""), "\(outcome.errors)")
    #expect(outcome.errors.contains("expected finite numbers"), "\(outcome.errors)")
  }
}
