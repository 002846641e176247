import Foundation
import SplitpipeTestSupport
import Testing

@Suite struct `splitpipe serve and run --server` {
  /// Authority, server and camera, made as the documentation says.
  private func keys(
    _ folder: TemporaryFolder, server: String = "tail.example"
  ) throws -> String {
    let made = try Program.run(
      ProjectFolder.path("Scripts/make-certificates"), [folder.file("keys"), server, "cam1"],
      in: folder.path, environment: ProcessInfo.processInfo.environment)
    try #require(made.code == 0, "\(made.errors)")
    return folder.file("keys")
  }

  private func serverOptions(_ keys: String) -> [String] {
    [
      "--certificate", "\(keys)/server.pem", "--key", "\(keys)/server.key", "--client-ca",
      "\(keys)/ca.pem",
    ]
  }

  private func cameraOptions(_ keys: String, _ address: String) -> [String] {
    [
      "--server", address, "--ca", "\(keys)/ca.pem", "--certificate", "\(keys)/cam1.pem", "--key",
      "\(keys)/cam1.key",
    ]
  }

  /// The lines of a detections file, without what only a run with a server says.
  private func lines(_ path: String) throws -> [String] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
      String(line).replacing(",\"path\":\"remote\"", with: "")
    }
  }

  private func summary(_ path: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// Runs a clip in one process and in two, and holds what they write against each other.
  private func compare(
    _ clip: String, _ model: [String], split: String, _ coding: [String], frames: Int,
    _ folder: TemporaryFolder, address: String, keys: String
  ) throws {
    let common =
      ["run", clip] + model + ["--split", split, "--frames", "\(frames)", "--precision", "f32"]
      + coding
    let one = try Program.run(
      common + ["--detections", folder.file("one.jsonl"), "--summary", folder.file("one.json")])
    try #require(one.code == 0, "\(one.errors)")
    let two = try Program.run(
      common + ["--detections", folder.file("two.jsonl"), "--summary", folder.file("two.json")]
        + cameraOptions(keys, address))
    try #require(two.code == 0, "\(two.errors)")
    let name = "\(split) \(coding)"
    #expect(try lines(folder.file("one.jsonl")) == lines(folder.file("two.jsonl")), "\(name)")
    let (alone, together) = (
      try summary(folder.file("one.json")), try summary(folder.file("two.json"))
    )
    for key in ["frames", "map50", "map50_95", "keyFrames", "bitsPerCoefficient"] {
      #expect(alone[key] as? Double == together[key] as? Double, "\(name): \(key)")
    }
    #expect(alone["link"] == nil)
    let link = try #require(together["link"] as? [String: Any])
    #expect(link["sent"] as? Int == frames)
    for key in ["reconnects", "refused", "gated", "shed", "lost"] {
      #expect(link[key] as? Int == 0, "\(name): \(key)")
    }
    #expect(try #require(link["bytesUp"] as? Int) > 0)
  }

  @Test(arguments: [
    ["--codec", "rle", "--bits", "3"], ["--codec", "packed", "--bits", "2"],
    ["--codec", "context", "--bits", "4"], ["--codec", "zstd", "--bits", "6"], ["--bits", "32"],
  ])
  func `give boxes, mAP and bytes of one process, for the demo model`(coding: [String]) throws {
    let folder = try TemporaryFolder()
    let keys = try keys(folder)
    let clip = folder.file("street.mp4")
    try #require(try Program.run(["synth", clip, "--seed", "4", "--frames", "16"]).code == 0)
    let server = try ServerProcess(
      ["--split", "4.m", "--precision", "f32"] + serverOptions(keys), in: folder)
    try compare(
      clip, [], split: "4.m", coding, frames: 16, folder, address: server.address, keys: keys)
    #expect(server.stop() == 0)
    #expect(server.errors.contains("cam1: connected from "))
    #expect(server.errors.contains("cam1: done after 16 packets"))
  }

  @Test(
    SharedData.needs(
      "data/weights/yolov5n.pt", "data/weights/yolox_nano.onnx", "data/video/car-detection.mp4"),
    arguments: [("yolov5n.pt", "4"), ("yolov5n.pt", "9"), ("yolox_nano.onnx", "699")])
  func `give boxes of one process, for models of others`(model: String, split: String) throws {
    let folder = try TemporaryFolder()
    let keys = try keys(folder)
    let weights = ["--model", SharedData.path("data/weights/\(model)")]
    let server = try ServerProcess(
      weights + ["--split", split, "--precision", "f32"] + serverOptions(keys), in: folder)
    try compare(
      SharedData.path("data/video/car-detection.mp4"), weights, split: split,
      ["--codec", "context", "--bits", "4"], frames: 8, folder, address: server.address,
      keys: keys)
  }

  @Test func `say what they want, and end with the right code`() throws {
    let folder = try TemporaryFolder()
    let keys = try keys(folder)
    let clip = folder.file("street.mp4")
    try #require(try Program.run(["synth", clip, "--seed", "4", "--frames", "10"]).code == 0)
    let nobody = try Program.run(["run", clip, "--server", "127.0.0.1:1", "--insecure"])
    #expect(nobody.code == 69, "\(nobody.errors)")
    #expect(nobody.errors.contains("127.0.0.1:1"))
    for (arguments, code, part) in [
      (["serve", "--listen", "0.0.0.0:0"], Int32(64), "--insecure"),
      (["serve", "--listen", "here"], 64, "HOST:PORT"),
      (["serve", "--listen", "127.0.0.1:0", "--certificate", "x.pem"], 64, "--key"),
      (["serve", "--listen", "127.0.0.1:0", "--split", "4.q"], 64, "4.m"),
      (
        [
          "serve", "--listen", "127.0.0.1:0", "--certificate", "/nowhere.pem", "--key",
          "/nowhere.key",
        ], 66, "/nowhere.pem"
      ),
      (["run", clip, "--camera", "cam1"], 64, "--server"),
      (["run", clip, "--server", "127.0.0.1:1", "--camera", "a b", "--insecure"], 64, "a b"),
      (["run", clip, "--server", "127.0.0.1:1", "--delivery", "fast", "--insecure"], 64, "live"),
      (
        ["run", clip, "--server", "127.0.0.1:1", "--certificate", "\(keys)/cam1.pem"], 64, "--key"
      ),
    ] {
      let outcome = try Program.run(arguments)
      #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains(part), "\(arguments): \(outcome.errors)")
    }
    let server = try ServerProcess(["--split", "9"] + serverOptions(keys), in: folder)
    let other = try Program.run(
      ["run", clip, "--split", "4.m"] + cameraOptions(keys, server.address))
    #expect(other.code == 64, "\(other.errors)")
    #expect(other.errors.contains("another split"))
    let stranger = try Program.run(
      ["run", clip, "--split", "9", "--server", server.address, "--ca", "\(keys)/ca.pem"])
    #expect(stranger.code == 69, "\(stranger.errors)")
  }

  @Test func `outlive a server that is killed, without losing or repeating a frame`() throws {
    let folder = try TemporaryFolder()
    let keys = try keys(folder)
    let clip = folder.file("street.mp4")
    try #require(try Program.run(["synth", clip, "--seed", "4", "--frames", "90"]).code == 0)
    let options = ["--split", "4.m", "--precision", "f32"] + serverOptions(keys)
    let common = [
      "run", clip, "--split", "4.m", "--precision", "f32", "--codec", "context", "--bits", "4",
    ]
    let one = try Program.run(common + ["--detections", folder.file("one.jsonl")])
    try #require(one.code == 0, "\(one.errors)")
    let first = try ServerProcess(options, in: folder)
    var second: ServerProcess?
    let two = try Program.run(
      common
        + ["--detections", folder.file("two.jsonl"), "--summary", folder.file("two.json")]
        + cameraOptions(keys, first.address)
    ) { _ in
      // Some frames have crossed, others are under way.
      while !first.errors.contains("connected from") { Thread.sleep(forTimeInterval: 0.01) }
      Thread.sleep(forTimeInterval: 0.3)
      first.kill()
      second = try ServerProcess(options, in: folder, listen: first.address)
    }
    try #require(two.code == 0, "\(two.errors)")
    #expect(second?.stop() == 0)
    // A second key frame has other bytes; nothing else may differ.
    func found(_ name: String) throws -> [String] {
      try lines(folder.file(name)).map { $0.replacing(/"bytes":\d+,/, with: "") }
    }
    #expect(try found("one.jsonl") == found("two.jsonl"))
    let link = try #require(try summary(folder.file("two.json"))["link"] as? [String: Any])
    #expect(link["reconnects"] as? Int == 1)
    #expect(two.errors.contains("connecting again"))
  }

  @Test func `keep what came when the server does not come back`() throws {
    let folder = try TemporaryFolder()
    let clip = folder.file("street.mp4")
    try #require(try Program.run(["synth", clip, "--seed", "4", "--frames", "400"]).code == 0)
    let server = try ServerProcess(["--split", "4.m"], in: folder)
    let outcome = try Program.run([
      "run", clip, "--split", "4.m", "--server", server.address, "--insecure", "--detections",
      folder.file("some.jsonl"), "--summary", folder.file("some.json"),
    ]) { process in
      while !server.errors.contains("connected from") { Thread.sleep(forTimeInterval: 0.01) }
      Thread.sleep(forTimeInterval: 0.3)
      server.kill()
      Thread.sleep(forTimeInterval: 0.3)
      // Nobody waits for the end of the patience.
      process.interrupt()
    }
    #expect(outcome.code == 69, "\(outcome.errors)")
    let some = try summary(folder.file("some.json"))
    #expect(some["interrupted"] as? Bool == true)
    #expect(try lines(folder.file("some.jsonl")).count == some["frames"] as? Int)
  }

  @Test(
    LossyWire.needed,
    arguments: [(loss: 2.0, isDark: false), (0.5, true)])
  func `lose nothing over a wire that loses packets, or goes dark`(
    loss: Double, isDark: Bool
  ) throws {
    let folder = try TemporaryFolder()
    let keys = try keys(folder, server: LossyWire.server)
    let clip = folder.file("street.mp4")
    try #require(try Program.run(["synth", clip, "--seed", "4", "--frames", "90"]).code == 0)
    let common = [
      "run", clip, "--split", "4.m", "--precision", "f32", "--codec", "context", "--bits", "4",
      "--frames", isDark ? "90" : "24",
    ]
    let one = try Program.run(common + ["--detections", folder.file("one.jsonl")])
    try #require(one.code == 0, "\(one.errors)")
    let wire = try LossyWire(
      in: folder, delay: 20, loss: loss, rate: 8, blackout: isDark ? (8, 3) : nil)
    let server = try ServerProcess(
      ["--split", "4.m", "--precision", "f32"] + serverOptions(keys), in: folder,
      listen: "\(LossyWire.server):7070", host: wire.onServer)
    let two = try Program.run(
      "/usr/bin/env",
      wire.onCamera + [Program.path] + common
        + [
          "--detections", folder.file("two.jsonl"), "--summary", folder.file("two.json"),
          "--server", server.address, "--ca", "\(keys)/ca.pem", "--certificate",
          "\(keys)/cam1.pem", "--key", "\(keys)/cam1.key",
        ], in: folder.path, environment: ProcessInfo.processInfo.environment)
    try #require(two.code == 0, "\(two.errors)")
    // A wire that goes dark may cost a connection, and so a key frame.
    func found(_ name: String) throws -> [String] {
      try lines(folder.file(name)).map { $0.replacing(/"bytes":\d+,/, with: "") }
    }
    #expect(try found("one.jsonl") == found("two.jsonl"))
    let link = try #require(try summary(folder.file("two.json"))["link"] as? [String: Any])
    let roundTrip = try #require(link["roundTripSeconds"] as? [String: Any])
    #expect(try #require(roundTrip["median"] as? Double) >= 0.04)
  }
}
