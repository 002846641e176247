import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

/// Files that are no detection checkpoint, or are made to do harm: exit code 65 and a sentence.
struct HostileCheckpointTests {
  private func message(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation)
    -> String
  {
    let error = #expect(throws: SplitpipeError.self, sourceLocation: sourceLocation) {
      try readCheckpoint(bytes: bytes, name: "bad.pt")
    }
    #expect(error?.kind == .badData, sourceLocation: sourceLocation)
    #expect(
      error?.message.hasPrefix("cannot read model \"bad.pt\": ") == true,
      sourceLocation: sourceLocation)
    return error?.message ?? ""
  }

  private func message(_ root: Pickled, sourceLocation: SourceLocation = #_sourceLocation) -> String
  {
    message(
      ZIPWriter().archive([("archive/data.pkl", root.pickle)]), sourceLocation: sourceLocation)
  }

  @Test(
    arguments: [
      ("os.system", Pickled.call("os", "system", [.text("touch /tmp/harm")])),
      ("posix.system", .call("posix", "system", [.text("true")])),
      ("builtins.eval", .call("__builtin__", "eval", [.text("1")])),
      ("torch.load", .call("torch", "load", [.text("x")])),
      ("os.system", .raw([0x8C, 2, 0x6F, 0x73, 0x8C, 6] + Array("system".utf8) + [0x93])),
      ("models.common.os.system", .call("models.common", "os.system", [.text("true")])),
      ("torch.hub.load", .call("torch.hub", "load", [])),
    ])
  func `a pickle that asks for anything else is refused by name`(name: String, root: Pickled) {
    #expect(message(.dictionary([(.text("model"), root)])).contains("asks for \(name),"))
  }

  @Test func `TorchScript is told apart from damage`() {
    #expect(message(.object("__torch__.m", "Model", [])).contains("TorchScript"))
    let members = [("m/data.pkl", Pickled.none.pickle), ("m/code/__torch__/m.py", [UInt8]())]
    #expect(message(ZIPWriter().archive(members)).contains("TorchScript"))
  }

  @Test func `files that only go by the name are called what they are`() {
    let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    #expect(message([0x80, 2, 0x8A, 10] + magic + [0x2E]).contains("before PyTorch 1.6"))
    #expect(message([0x80, 4, 0x4E, 0x2E]).contains("a bare pickle"))
    let json = Array("{\"w\":{}}".utf8)
    let length = UInt64(json.count)
    #expect(message(little(length, 8) + json).contains("safetensors"))
    #expect(message(little(length, 4) + json + Array("ftrt".utf8)).contains("TensorRT engine"))
    #expect(message(Array("ftrt".utf8) + [0, 0]).contains("TensorRT engine"))
    // A length that the file does not have is no such file.
    #expect(message(little(1 << 40, 8) + json).contains("not a ZIP archive"))
  }

  @Test(arguments: [nil, "state_dict", "model_state_dict"])
  func `weights without their network are called that`(key: String?) {
    let weights = Pickled.call(
      "collections", "OrderedDict",
      [.list([.tuple([.text("model.0.conv.weight"), .tensor("0", [4, 3, 3, 3])])])])
    let root = key.map { Pickled.dictionary([(.text($0), weights)]) } ?? weights
    #expect(message(root).contains("a state_dict"))
  }

  @Test(arguments: [
    ("SegmentationModel", "Segment", "a segmentation checkpoint"),
    ("DetectionModel", "Segment", "a segmentation checkpoint"),
    ("ClassificationModel", "Classify", "a classification checkpoint"),
    ("DetectionModel", "Conv", "expected Detect"),
  ])
  func `networks for other tasks are refused`(model: String, head: String, text: String) {
    var checkpoint = TinyCheckpoint()
    checkpoint.modelClass = model
    checkpoint.headClass = head
    #expect(message(checkpoint.bytes).contains(text))
  }

  @Test func `an unknown module is named with its path`() {
    var checkpoint = TinyCheckpoint()
    checkpoint.more = [
      TinyCheckpoint.module(
        "models.common", "C3TR", [("f", .integer(-1))],
        children: [("cv1", TinyCheckpoint.conv())])
    ]
    #expect(message(checkpoint.bytes).contains("module 1 (models.common.C3TR) is a module"))
  }

  @Test(arguments: [
    (Pickled.dictionary([]), "without \"model\""), (.list([]), "is a list"),
    (.dictionary([(.text("model"), .dictionary([]))]), "weights alone"),
    (.dictionary([(.text("model"), .call("models.yolo", "Model", []))]), "expected a module"),
    (.object("models.yolo", "Model", []), "no list of layers"),
  ])
  func `a pickle of something else says what it is`(root: Pickled, text: String) {
    #expect(message(root).contains(text))
  }

  @Test func `files of other kinds say what was expected`() {
    #expect(message([]).contains("empty"))
    #expect(message(Array("hello, this is text\n".utf8)).contains("not a ZIP archive"))
    #expect(message(ZIPWriter().archive([("a.txt", [1])])).contains("without data.pkl"))
    #expect(
      message(ZIPWriter(method: 8).archive(TinyCheckpoint().members)).contains("compressed"))
    #expect(
      message(ZIPWriter().archive(TinyCheckpoint().members + [("archive/version", [])]))
        .contains("two members"))
  }

  @Test func `a missing file and a folder are missing inputs`() {
    for path in ["/nonexistent/model.pt", NSTemporaryDirectory()] {
      let error = #expect(throws: SplitpipeError.self) { try loadModel(path: path) }
      #expect(error?.kind == .missingInput)
      #expect(error?.message.contains(path) == true)
    }
  }

  @Test(arguments: [
    Pickled.tensor("w", [4, 3, 3, 3], strides: [27, 9, 3, 1], offset: 1, storage: 108),
    .tensor("w", [4, 3, 3, 3], strides: [27, 9, 3, 1], offset: -1, storage: 108),
    .tensor("w", [4, 3, 3, 3], strides: [27, 9, 3, 1], offset: 0, storage: 1 << 40),
    .tensor("w", [4, 3, 3, 3], strides: [0, 0, 0, 0], offset: 0, storage: 1),
    .tensor("w", [4, 3, 3, 3], strides: [-27, 9, 3, 1], offset: 107, storage: 108),
    .tensor("w", [4, 3, 3, 3], strides: [Int.max, 9, 3, 1], offset: 0, storage: 108),
    .tensor("w", [1 << 20, 1 << 20, 1 << 20, 1 << 20]),
    .tensor("w", [1 << 40, 1, 1, 1], strides: [0, 0, 0, 0], offset: 0, storage: 1 << 41),
    .tensor("w", [4, -3, 3, 3], strides: [27, 9, 3, 1], offset: 0, storage: 108),
    .tensor("absent", [4, 3, 3, 3]), .tensor("w", [108]), .tensor("w", [3, 4, 3, 3]),
    .tensor("w", [1 << 62, 1, 1, 1]), .tensor("w", [0, 3, 3, 3]),
    .tensor("w", [0, 1 << 40, 1 << 40, 1 << 40]), .none, .integer(1),
  ])
  func `a weight outside its bytes or of the wrong shape is refused`(weight: Pickled) {
    var checkpoint = TinyCheckpoint()
    checkpoint.layer = TinyCheckpoint.conv(weight: weight)
    _ = message(checkpoint.bytes)
  }

  @Test func `weights that are not numbers are refused`() {
    var checkpoint = TinyCheckpoint()
    checkpoint.storages["hb"] = (0..<16).flatMap { _ in little(UInt64(Float.nan.bitPattern), 4) }
    #expect(message(checkpoint.bytes).contains("module 1.m.0"))
  }

  @Test func `a module that contains itself ends with an error`() {
    // s = Sequential(); s._modules = {"0": s}
    let opcodes: [UInt8] =
      Array("ctorch.nn.modules.container\nSequential\n".utf8) + [0x29, 0x81, 0x71, 0, 0x7D, 0x28]
      + [0x58, 8, 0, 0, 0] + Array("_modules".utf8) + [0x7D, 0x58, 1, 0, 0, 0, 0x30, 0x68, 0, 0x73]
      + [0x58, 1, 0, 0, 0, 0x66, 0x4A, 255, 255, 255, 255, 0x75, 0x62]
    var checkpoint = TinyCheckpoint()
    checkpoint.layer = .raw(opcodes)
    #expect(message(checkpoint.bytes).contains("too deep"))
  }

  @Test func `layers that multiply channels without end are refused`() {
    var checkpoint = TinyCheckpoint()
    checkpoint.more = (0..<20).map { _ in
      TinyCheckpoint.module(
        "models.common", "Concat",
        [("d", .integer(1)), ("f", .list(Array(repeating: .integer(-1), count: 64)))])
    }
    #expect(message(checkpoint.bytes).contains("elements"))
  }

  @Test(
    arguments: [
      [0x28], [0x5D], [0x29, 0x85], [0x4E, 0x85], [0x7D, 0x94], [0x5D, 0x32],
    ] as [[UInt8]])
  func `a pickle that nests or repeats a million times ends with an error`(loop: [UInt8]) {
    let limit = 300_000
    var limits = CheckpointLimits()
    limits.pickleStack = 100_000
    limits.pickleValues = 200_000
    let code = (0..<limit).flatMap { _ in loop }
    let bytes = ZIPWriter().archive([("a/data.pkl", [0x80, 2] + code + [0x2E])])
    #expect(throws: SplitpipeError.self) {
      try readCheckpoint(bytes: bytes, name: "bad.pt", limits: limits)
    }
  }

  @Test func `a small checkpoint cut short anywhere is refused`() {
    let bytes = TinyCheckpoint().bytes
    for length in stride(from: 0, to: bytes.count, by: 3) {
      #expect(throws: SplitpipeError.self, "\(length) bytes") {
        try readCheckpoint(bytes: Array(bytes[..<length]), name: "bad.pt")
      }
    }
  }

  @Test func `damage in the archive is found or does no harm`() {
    var bytes = TinyCheckpoint().bytes
    var generator = SeededGenerator(seed: 11)
    for position in stride(from: 0, to: bytes.count, by: 3) {
      let change = UInt8.random(in: 1...255, using: &generator)
      bytes[position] ^= change
      expectModelOrBadData(bytes, "seed 11, byte \(position)")
      bytes[position] ^= change
    }
  }

  @Test(arguments: [1, 2, 4, 8])
  func `damage in the pickle behind a right checksum does no harm`(changes: Int) {
    let members = TinyCheckpoint().members
    var generator = SeededGenerator(seed: 21)
    for round in 0..<250 {
      var damaged = members
      for _ in 0..<changes {
        let position = Int.random(in: 0..<damaged[0].bytes.count, using: &generator)
        damaged[0].bytes[position] = UInt8.random(in: 0...255, using: &generator)
      }
      expectModelOrBadData(
        ZIPWriter().archive(damaged), "seed 21, \(changes) changes, round \(round)")
    }
  }

  private func expectModelOrBadData(_ bytes: [UInt8], _ comment: Comment) {
    do {
      let model = try readCheckpoint(bytes: bytes, name: "damaged.pt")
      #expect(model.classNames.count > 0, comment)
    } catch let error as SplitpipeError {
      #expect(error.kind == .badData, comment)
    } catch {
      Issue.record(error, comment)
    }
  }
}
