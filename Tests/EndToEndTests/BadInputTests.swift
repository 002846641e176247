import Foundation
import SplitpipeTestSupport
import Testing

private let weights = SharedData.path("data/weights/yolov5n.pt")
private let clip = SharedData.path("data/video/car-detection.mp4")

/// Runs the program, which must end with the code and one sentence that holds every word.
private func expect(
  _ arguments: [String], code: Int32, words: [String],
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let outcome = try Program.run(arguments)
  #expect(outcome.code == code, "\(outcome.errors)", sourceLocation: sourceLocation)
  #expect(outcome.output == "", sourceLocation: sourceLocation)
  for word in words {
    #expect(
      outcome.errors.localizedCaseInsensitiveContains(word), "\"\(word)\" in: \(outcome.errors)",
      sourceLocation: sourceLocation)
  }
}

@Suite(SharedData.needs("data/weights/yolov5n.pt", "data/video/car-detection.mp4"))
struct `Bad input ends in a sentence and an exit code:` {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `a missing video`() throws {
    try expect(["run", "nowhere.mp4", "--model", weights], code: 66, words: ["nowhere.mp4"])
  }

  @Test func `a missing model`() throws {
    try expect(["run", clip, "--model", "nowhere.pt"], code: 66, words: ["nowhere.pt"])
  }

  @Test func `no model given and no demo model where it should be`() throws {
    let outcome = try Program.run(
      ["run", clip], environment: ["SPLITPIPE_MODELS": folder.path])
    #expect(outcome.code == 66)
    #expect(outcome.errors.contains("--model"))
    #expect(outcome.errors.contains(folder.path))
  }

  @Test func `a folder without images`() throws {
    _ = try folder.write("readme.txt", Array("hello".utf8))
    try expect(["run", folder.path, "--model", weights], code: 66, words: [folder.path, "image"])
  }

  @Test func `a text file named mp4`() throws {
    let path = try folder.write("text.mp4", Array(repeating: UInt8(ascii: "a"), count: 5000))
    try expect(["run", path, "--model", weights], code: 65, words: ["text.mp4"])
  }

  @Test(arguments: [0, 100, 5000])
  func `an mp4 cut short in its header`(bytes: Int) throws {
    let data = try [UInt8](Data(contentsOf: URL(fileURLWithPath: clip)).prefix(bytes))
    let path = try folder.write("cut.mp4", data)
    try expect(["run", path, "--model", weights], code: 65, words: ["cut.mp4"])
  }

  @Test func `a model of no bytes`() throws {
    let path = try folder.write("empty.pt", [])
    try expect(["run", clip, "--model", path], code: 65, words: ["empty.pt", "empty"])
  }

  @Test(arguments: [1000, 1_000_000, 4_000_000])
  func `a checkpoint cut short`(bytes: Int) throws {
    let data = try [UInt8](Data(contentsOf: URL(fileURLWithPath: weights)).prefix(bytes))
    let path = try folder.write("cut.pt", data)
    try expect(["run", clip, "--model", path], code: 65, words: ["cut.pt"])
  }

  @Test func `a pickle that calls os.system`() throws {
    // What torch.save writes, but for a pickle that would run a command.
    let marker = folder.file("ran")
    let pickle = Array("\u{80}\u{02}cos\nsystem\n(S'touch \(marker)'\ntR.".unicodeScalars)
      .map { UInt8(truncatingIfNeeded: $0.value) }
    let path = try folder.write("evil.pt", StoredArchive.bytes(name: "m/data.pkl", pickle))
    try expect(["run", clip, "--model", path], code: 65, words: ["evil.pt", "os", "system"])
    #expect(folder.contents == ["evil.pt"])
  }

  @Test func `an ONNX model with a cycle`() throws {
    // graph { node(in "b", out "a", Relu) node(in "a", out "b", Relu) } by hand, opset 13.
    func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
      [number << 3 | 2, UInt8(bytes.count)] + bytes
    }
    func text(_ number: UInt8, _ string: String) -> [UInt8] { field(number, Array(string.utf8)) }
    func relu(_ from: String, _ to: String) -> [UInt8] {
      field(1, text(1, from) + text(2, to) + text(4, "Relu"))
    }
    let floats = field(1, [0x08, 1] + field(2, field(1, [0x08, 4])))
    let graph =
      relu("b", "a") + relu("a", "b") + field(11, text(1, "x") + field(2, floats))
      + field(12, text(1, "b") + field(2, floats))
    let model: [UInt8] = [0x08, 8] + field(7, graph) + field(8, [0x10, 13])
    let path = try folder.write("cycle.onnx", model)
    try expect(["run", clip, "--model", path], code: 65, words: ["cycle.onnx", "cycle"])
  }

  @Test func `an unknown split, with the nearest names`() throws {
    try expect(
      ["run", clip, "--model", weights, "--split", "4.mm"], code: 64, words: ["4.mm", "\"4.m\""])
  }

  @Test(arguments: ["1", "9", "x"])
  func `bits out of range`(bits: String) throws {
    try expect(
      ["run", clip, "--model", weights, "--bits", bits], code: 64,
      words: ["--bits", "2, 3, 4, 5, 6, 7, 8, 32", "\"\(bits)\""])
  }

  @Test func `an unknown codec`() throws {
    try expect(
      ["run", clip, "--model", weights, "--codec", "rel"], code: 64, words: ["rle", "packed"])
  }

  @Test(arguments: [
    (["--quantizer", "hold"], "nearest first: held"),
    (["--quantizer", "held+fixed=0:1"], "nothing to hold"),
    (["--quantizer", "held", "--bits", "32", "--codec", "raw"], "nothing to do at 32 bits"),
    (["--key-interval", "0"], "--key-interval is a whole number from 1"),
    (["--codec", "zstd-99"], "the levels of zstd are 1 to 22"),
  ])
  func `a quantizer, key interval or level that makes no sense`(
    flags: [String], words: String
  ) throws {
    try expect(["run", clip, "--model", weights] + flags, code: 64, words: [words])
  }

  @Test func `32 bits with a codec that cannot send them`() throws {
    try expect(
      ["run", clip, "--model", weights, "--bits", "32", "--codec", "rle"], code: 64,
      words: ["rle", "raw", "32"])
  }

  @Test(arguments: ["--output", "--summary", "--detections"])
  func `an output that cannot be written, before any work`(flag: String) throws {
    try expect(
      ["run", clip, "--model", weights, flag, "/proc/nowhere/out.mp4"], code: 73,
      words: ["/proc/nowhere/out.mp4"])
  }

  @Test(OpenVINORuntime.needed, SmallDisk.available, arguments: ["output", "detections"])
  func `a disk that fills up`(kind: String) throws {
    let disk = try SmallDisk()
    // The demo model finds enough in sixty frames to fill the disk, and is quick.
    let outcome = try Program.run([
      "run", clip, "--frames", "60", "--\(kind)", disk.path + "/o.mkv",
    ])
    #expect(outcome.code == 73, "\(outcome.errors)")
    #expect(outcome.errors.contains("o.mkv"))
    #expect(outcome.errors.contains("No space left on device"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).isEmpty)
  }

  @Test(OpenVINORuntime.needed) func `a full device`() throws {
    try expect(
      ["run", clip, "--model", weights, "--frames", "2", "--detections", "/dev/full"], code: 73,
      words: ["/dev/full", "No space left on device"])
  }

  @Test func `an output that is the input, or another output`() throws {
    let copy = folder.file("copy.mp4")
    try FileManager.default.copyItem(atPath: clip, toPath: copy)
    try expect(
      ["run", copy, "--model", weights, "--output", folder.path + "/./copy.mp4"], code: 64,
      words: ["copy.mp4", "input"])
    try expect(
      [
        "run", clip, "--model", weights, "--summary", folder.file("a"), "--detections",
        folder.file("a"),
      ], code: 64, words: ["twice"])
    #expect(folder.contents == ["copy.mp4"])
  }

  @Test func `a pipeline file with a misspelt stage`() throws {
    let path = try folder.write("p.yaml", Array("stages:\n  - decode\n  - leterbox\n".utf8))
    try expect(
      ["run", clip, "--model", weights, "--pipeline", path], code: 65,
      words: ["p.yaml, line 3", "leterbox", "letterbox"])
  }

  @Test func `a missing inference runtime`() throws {
    let outcome = try Program.run(
      ["run", clip, "--model", weights], environment: ["SPLITPIPE_OPENVINO": "/nowhere"])
    #expect(outcome.code == 69)
    #expect(outcome.errors.contains("make deps"))
  }

  @Test func `labels that are not there`() throws {
    try expect(
      ["run", clip, "--model", weights, "--truth", "nowhere.json"], code: 66,
      words: ["nowhere.json"])
  }
}
