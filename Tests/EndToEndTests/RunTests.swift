import Foundation
import SplitpipeTestSupport
import Testing

private let weights = SharedData.path("data/weights/yolov5n.pt")
private let clip = SharedData.path("data/video/bottle-detection.mp4")

private struct Summary: Decodable {
  struct Bytes: Decodable {
    let raw: Double
    let coded: Double
    let source: Double
  }
  struct Temporal: Decodable {
    let rangeRatio: Double
    let unchangedFraction: Double
  }
  struct Tensor: Decodable {
    let name: String
    let shape: [Int]
    let rawBytes: Int
  }
  let frames: Int
  let bits: Int
  let codec: String
  let split: String
  let framesPerSecond: Double
  let frontier: [Tensor]
  let bytesPerFrame: Bytes
  let bitsPerCoefficient: Double
  let quantizer: String
  let keyFrames: Int
  let clampedFraction: Double
  let temporal: Temporal?
  let reference: String
  let map50: Double
  let map50_95: Double
  let interrupted: Bool
  let refused: Int
  let boxes: [String: Int]
  let stages: [String: [String: Double]]
}

private struct FrameLine: Decodable {
  struct Found: Decodable, Equatable {
    let box: [Double]
    let confidence: Double
    let `class`: Int
    let name: String
  }
  let frame: Int
  let time: Double
  let boxes: [Found]
  let bytes: Int
  let refused: String?
}

private func decode<T: Decodable>(_ type: T.Type, _ path: String) throws -> T {
  try JSONDecoder().decode(T.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
}

private func lines(_ path: String) throws -> [FrameLine] {
  try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
    try JSONDecoder().decode(FrameLine.self, from: Data($0.utf8))
  }
}

@Suite(
  OpenVINORuntime.needed,
  SharedData.needs("data/weights/yolov5n.pt", "data/video/bottle-detection.mp4"))
struct `splitpipe run` {
  @Test func `writes summary, JSON lines and video that agree with one another`() throws {
    let folder = try TemporaryFolder()
    let outcome = try Program.run([
      "run", clip, "--model", weights, "--frames", "40", "--precision", "f32",
      "--summary", folder.file("s.json"), "--detections", folder.file("d.jsonl"),
      "--output", folder.file("o.mp4"),
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors == "")
    #expect(outcome.output.contains("mAP50-95"))
    #expect(folder.contents == ["d.jsonl", "o.mp4", "s.json"])

    let summary = try decode(Summary.self, folder.file("s.json"))
    #expect(summary.frames == 40)
    #expect(summary.split == "4.m" && summary.bits == 3 && summary.codec == "rle")
    #expect(summary.frontier.map(\.name) == ["4.m", "4.cv2"])
    #expect(summary.frontier.map(\.shape) == [[1, 32, 48, 80], [1, 32, 48, 80]])
    #expect(summary.bytesPerFrame.raw == 983_040)
    // The paper's code is larger than plain packing here: more than 3 bits per coefficient.
    #expect((2.9...3.3).contains(summary.bitsPerCoefficient))
    #expect(try #require(summary.temporal).unchangedFraction > 0.85)
    #expect(summary.reference == "unsplit")
    #expect((0...1).contains(summary.map50_95) && summary.map50 >= summary.map50_95)
    #expect(
      Set(["decode", "head", "quantize", "encode", "send", "receive", "tail", "detect", "metrics"])
        .isSubset(of: summary.stages.keys))

    let frames = try lines(folder.file("d.jsonl"))
    #expect(frames.map(\.frame) == Array(0..<40))
    #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.time < $1.time })
    let mean = Double(frames.map(\.bytes).reduce(0, +)) / 40
    #expect(abs(mean - summary.bytesPerFrame.coded) < 0.01)
    for box in frames.flatMap(\.boxes) {
      #expect(box.box[0] >= 0 && box.box[2] <= 640 && box.box[1] >= 0 && box.box[3] <= 360)
      #expect((0.25...1).contains(box.confidence))
    }
    #expect(try lengthInFrames(folder.file("o.mp4")) == 40)
  }

  @Test func `the project's codec, held ranges and sticky codes save most of the bytes`() throws {
    func summary(_ flags: [String]) throws -> Summary {
      let outcome = try Program.run(
        ["run", clip, "--model", weights, "--frames", "24", "--precision", "f32", "--json"] + flags)
      #expect(outcome.code == 0, "\(outcome.errors)")
      return try JSONDecoder().decode(Summary.self, from: Data(outcome.output.utf8))
    }
    let rle = try summary([])
    let context = try summary(["--codec", "context", "--key-interval", "12"])
    let sticky = try summary(["--codec", "context", "--quantizer", "held+sticky=0.25"])
    let joint = try summary(["--codec", "context", "--quantizer", "joint+held+sticky=0.25"])
    // Both codecs bring the same codes across.
    #expect(context.map50_95 == rle.map50_95)
    #expect(context.temporal?.unchangedFraction == rle.temporal?.unchangedFraction)
    #expect(rle.quantizer == "paper" && rle.keyFrames == 24 && rle.clampedFraction == 0)
    #expect(context.keyFrames == 2)
    #expect(context.bytesPerFrame.coded < rle.bytesPerFrame.coded / 8)
    #expect(sticky.quantizer == "held+sticky=0.25" && sticky.keyFrames == 1)
    #expect(sticky.bytesPerFrame.coded < context.bytesPerFrame.coded / 2)
    #expect((0..<0.01).contains(sticky.clampedFraction))
    #expect(joint.quantizer == "joint+held+sticky=0.25")
    #expect(joint.bytesPerFrame.coded < sticky.bytesPerFrame.coded * 0.95)
    #expect((0..<0.01).contains(joint.clampedFraction))
  }

  /// One packet in fifty is damaged on the way.
  @Test func `a damaged packet leaves frames without boxes, never with wrong ones`() throws {
    let folder = try TemporaryFolder()
    func run(_ damage: String) throws -> (Summary, [FrameLine]) {
      let pipeline = try folder.write(
        "p.yaml",
        """
        settings: { codec: context, bits: 4, key-interval: 100000 }
        stages:
          - decode
          - letterbox
          - head
          - quantize
          - encode
          - send: { packets: 3, over: sockets, damage: \(damage), seed: 5 }
          - receive
          - restore
          - tail
          - detect
          - reference: { from: letterbox }
          - metrics: { from: [detect, reference] }
          - detections: { from: detect }
        """)
      let outcome = try Program.run([
        "run", clip, "--model", weights, "--frames", "150", "--precision", "f32",
        "--pipeline", pipeline, "--summary", folder.file("s.json"),
        "--detections", folder.file("d.jsonl"),
      ])
      #expect(outcome.code == 0, "\(outcome.errors)")
      return (try decode(Summary.self, folder.file("s.json")), try lines(folder.file("d.jsonl")))
    }
    let (whole, wholeLines) = try run("0")
    #expect(whole.refused == 0 && whole.keyFrames == 1)
    let (summary, frames) = try run("0.02")
    #expect(summary.frames == 150 && frames.count == 150)
    let refused = frames.filter { $0.refused != nil }
    #expect(summary.refused == refused.count && refused.count > 0)
    #expect(refused.allSatisfy { $0.boxes.isEmpty })
    // A key frame came for each, and not for every packet that leaned on a lost one.
    #expect(summary.keyFrames > 1 && summary.keyFrames <= 1 + refused.count)
    #expect(summary.map50_95 < whole.map50_95)
    for (found, expected) in zip(frames, wholeLines) where found.refused == nil {
      #expect(found.boxes == expected.boxes, "frame \(found.frame)")
    }
  }

  @Test func `at 32 bits scores exactly 1 against the unsplit model`() throws {
    let folder = try TemporaryFolder()
    let outcome = try Program.run([
      "run", clip, "--model", weights, "--frames", "60", "--precision", "f32", "--bits", "32",
      "--codec", "raw", "--summary", folder.file("s.json"),
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let summary = try decode(Summary.self, folder.file("s.json"))
    #expect(summary.map50_95 == 1)
    #expect(summary.bitsPerCoefficient > 32 && summary.bitsPerCoefficient < 32.01)
  }

  @Test(arguments: ["SIGINT", "SIGTERM"])
  func `stopped half-way keeps what it finished and exits 130`(name: String) throws {
    let folder = try TemporaryFolder()
    // A street in motion: its video grows after a few dozen frames, not after hundreds.
    let street = SharedData.path("data/video/car-detection.mp4")
    let outcome = try Program.run([
      "run", street, "--model", weights, "--summary", folder.file("s.json"),
      "--detections", folder.file("d.jsonl"), "--output", folder.file("o.mp4"),
    ]) { process in
      // Frames are through once the annotated video's temporary file has grown.
      let deadline = Date.now + 120
      while process.isRunning, Date.now < deadline, folder.largestFile < 30_000 {
        usleep(20_000)
      }
      kill(process.processIdentifier, name == "SIGINT" ? SIGINT : SIGTERM)
    }
    #expect(outcome.code == 130, "\(outcome.errors)")
    #expect(outcome.errors.contains("stopped after"))
    #expect(folder.contents == ["d.jsonl", "o.mp4", "s.json"])
    let summary = try decode(Summary.self, folder.file("s.json"))
    #expect(summary.interrupted)
    #expect(summary.frames > 0 && summary.frames < 377)
    #expect(try lines(folder.file("d.jsonl")).count == summary.frames)
    #expect(try lengthInFrames(folder.file("o.mp4")) == summary.frames)
  }

  @Test func `takes a pipeline file and lets flags win over it`() throws {
    let folder = try TemporaryFolder()
    let pipeline = try folder.write(
      "mine.yaml",
      Array(
        """
        settings: { split: "6", bits: 4, codec: packed }
        stages: [decode, letterbox, head, quantize, encode, send, receive, restore, tail, detect]
        """.utf8))
    let outcome = try Program.run([
      "run", clip, "--model", weights, "--frames", "3", "--pipeline", pipeline, "--bits", "5",
      "--json",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("\"bits\" : 5"))
    #expect(outcome.output.contains("\"split\" : \"6\""))
    #expect(outcome.output.contains("\"map50\" : null"))
  }

  @Test(SharedData.needs("reference/cocoeval_case.json", "data/coco128/instances.json"))
  func `scores a folder of images against COCO labels as the official pipeline does`() throws {
    struct Case: Decodable {
      let image_ids: [Int]
      let stats: [String: Double]
    }
    let reference = try decode(Case.self, SharedData.path("reference/cocoeval_case.json"))
    let folder = try TemporaryFolder()
    let images = folder.file("images")
    try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: true)
    for id in reference.image_ids {
      let digits = String(id)
      let name = String(repeating: "0", count: 12 - digits.count) + digits + ".jpg"
      try FileManager.default.createSymbolicLink(
        atPath: images + "/" + name,
        withDestinationPath: SharedData.path("data/coco128/images/" + name))
    }
    let outcome = try Program.run([
      "run", images, "--truth", SharedData.path("data/coco128/instances.json"), "--model", weights,
      "--precision", "f32", "--bits", "32", "--codec", "raw", "--summary", folder.file("s.json"),
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let summary = try decode(Summary.self, folder.file("s.json"))
    #expect(summary.frames == reference.image_ids.count)
    #expect(summary.reference == "truth")
    // Another JPEG decoder and scaler: the network sees slightly other pixels.
    #expect(abs(summary.map50_95 - (reference.stats["AP"] ?? .nan)) < 0.01)
    #expect(abs(summary.map50 - (reference.stats["AP50"] ?? .nan)) < 0.015)
  }

  /// Frames that our own reader finds in a video.
  private func lengthInFrames(_ path: String) throws -> Int {
    let folder = try TemporaryFolder()
    let outcome = try Program.run([
      "run", path, "--model", weights, "--detections", folder.file("d.jsonl"), "--split", "9",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try lines(folder.file("d.jsonl")).count
  }
}
