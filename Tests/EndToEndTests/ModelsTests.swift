import Foundation
import SplitpipeTestSupport
import Testing

private let weights = SharedData.path("data/weights/yolov5n.pt")

private struct Listing: Decodable {
  struct Model: Decodable {
    let name: String
    let installed: Bool
    let path: String?
    let bytes: Int
    let licence: String?
    let source: String?
  }
  let models: [Model]
}

private let needsWeights = SharedData.needs("data/weights/yolov5n.pt")

/// A user with an empty cache folder.
@Suite struct `splitpipe models` {
  let cache: TemporaryFolder

  init() throws { cache = try TemporaryFolder() }

  /// The weights of YOLOv5n, where they are there.
  private var bytes: [UInt8] {
    FileManager.default.contents(atPath: weights).map(Array.init) ?? []
  }

  private func path(_ name: String) -> String { cache.file("splitpipe/models/" + name) }

  private func run(
    _ arguments: String..., whileRunning: ((Process) throws -> Void)? = nil
  ) throws -> Program.Outcome {
    try Program.run(
      arguments, environment: ["XDG_CACHE_HOME": cache.path], whileRunning: whileRunning)
  }

  private func listing() throws -> Listing {
    try JSONDecoder().decode(
      Listing.self, from: Data(try run("models", "list", "--json").output.utf8))
  }

  private func size(_ path: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
  }

  @Test func `lists what can be fetched beside the demo model`() throws {
    let outcome = try run("models")
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("splitpipe models fetch yolov5x"))
    #expect(outcome.output.contains("AGPL-3.0"))
    let listed = try listing().models
    #expect(listed.first?.name == "demo" && listed.first?.installed == true)
    #expect(listed.first?.path?.hasSuffix("Models/demo/demo.pt") == true)
    #expect(listed.first?.licence == "Apache-2.0")
    let models = listed.dropFirst()
    #expect(models.map(\.name) == ["yolov5n", "yolov5s", "yolov5m", "yolov5l", "yolov5x"])
    #expect(models.allSatisfy { !$0.installed && $0.path == nil && $0.licence == "AGPL-3.0" })
    #expect(
      models.first?.source
        == "https://github.com/ultralytics/yolov5/releases/download/v7.0/yolov5n.pt")
    #expect(cache.contents == [])
  }

  @Test(needsWeights) func `fetches a model whose name then stands for it`() throws {
    let bytes = bytes
    let server = try LoopbackServer { LoopbackServer.file(bytes, for: $0) }
    let outcome = try run("models", "fetch", "yolov5n", "--from", server.address())
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains(path("yolov5n.pt")))
    #expect(outcome.output.contains("4f180cf23ba0717a"))
    // The licence comes before the transfer, and no progress line where nobody watches.
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.first?.contains("AGPL-3.0") == true)
    #expect(lines.last?.contains(server.address("/yolov5n.pt")) == true)
    #expect(!outcome.errors.contains("\u{1B}"))

    let model = try #require(try listing().models.first { $0.name == "yolov5n" })
    #expect(model.installed && model.path == path("yolov5n.pt") && model.bytes == 4_062_133)

    let inspected = try run("models", "inspect", "yolov5n")
    #expect(inspected.output.contains("80: person, bicycle"))
    #expect(inspected.output.contains("AGPL-3.0"))
    #expect(try run("splits", "yolov5n", "--size", "64").output.contains("4.m"))

    let again = try run("models", "fetch", "yolov5n", "--from", "http://127.0.0.1:9", "--json")
    #expect(again.code == 0)
    #expect(again.errors == "")
    #expect(server.requests.count == 1)
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(again.output.utf8)) as? [String: Any])
    #expect(json["path"] as? String == path("yolov5n.pt"))
    #expect(json["licence"] as? String == "AGPL-3.0")
  }

  @Test(OpenVINORuntime.needed, needsWeights, SharedData.needs("data/images/bus.jpg"))
  func `runs a fetched model by its name`() throws {
    try FileManager.default.createDirectory(
      atPath: cache.file("splitpipe/models"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: weights, toPath: path("yolov5n.pt"))
    let outcome = try run(
      "run", SharedData.path("data/images/bus.jpg"), "--model", "yolov5n", "--json")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("\"model\" : \"yolov5n\""))
  }

  @Test(needsWeights) func `goes on from a download that Ctrl-C stopped`() throws {
    let bytes = bytes
    let server = try LoopbackServer { request in
      var reply = LoopbackServer.file(bytes, entityTag: "\"1\"", for: request)
      if request.firstByte == nil {
        reply.sent = 2_000_000
        reply.stalls = true
      }
      return reply
    }
    let part = path("yolov5n.pt.part")
    let stopped = try run("models", "fetch", "yolov5n", "--from", server.address()) { process in
      while process.isRunning, size(part) < 2_000_000 { usleep(10_000) }
      kill(process.processIdentifier, SIGINT)
    }
    #expect(stopped.code == 130, "\(stopped.errors)")
    #expect(stopped.errors.contains("2.0 MB of 4.1 MB are kept"))
    #expect(size(part) == 2_000_000)
    #expect(try run("models").output.contains("fetch yolov5n (2.0 MB are there)"))

    let resumed = try run("models", "fetch", "yolov5n", "--from", server.address())
    #expect(resumed.code == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("from 2.0 MB on"))
    #expect(server.requests.map(\.firstByte) == [nil, 2_000_000])
    #expect(size(path("yolov5n.pt")) == 4_062_133)
  }

  @Test func `refuses what is not the model`() throws {
    let page = Array("<html>Welcome to this hotel</html>".utf8)
    let server = try LoopbackServer { _ in .init(body: page) }
    for name in ["yolov5n", "yolov5x"] {
      let outcome = try run("models", "fetch", name, "--from", server.address())
      #expect(outcome.code == 65, "\(outcome.errors)")
      #expect(outcome.output == "")
      #expect(outcome.errors.contains("what came was removed"))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: path("")).isEmpty)
  }

  @Test func `says what is wrong and exits with its code`() throws {
    let server = try LoopbackServer { request in
      var reply = LoopbackServer.Reply(status: request.path.hasPrefix("/no/") ? 404 : 200)
      reply.body = [UInt8](repeating: 7, count: 2_000_000)
      reply.sent = 1_000_000
      return reply
    }
    let cases: [([String], Int32, String)] = [
      (["yolov5z"], 64, "nearest: \"yolov5"),
      (["yolov5n", "--from", "nowhere"], 64, "expected http://"),
      (["yolov5n", "--timeout", "0"], 64, "--timeout"),
      (["yolov5n", "--from", server.address("/no/")], 66, "HTTP 404"),
      (["yolov5n", "--from", server.address()], 69, "the connection was cut"),
      (["yolov5m", "--from", "http://127.0.0.1:9"], 69, "no connection"),
      (["yolov5m", "--from", "http://nowhere.invalid"], 69, "nowhere.invalid"),
    ]
    for (arguments, code, words) in cases {
      let outcome = try Program.run(
        ["models", "fetch"] + arguments, environment: ["XDG_CACHE_HOME": cache.path])
      #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
      #expect(outcome.output == "")
    }
    let unwritable = try Program.run(
      ["models", "fetch", "yolov5n"], environment: ["XDG_CACHE_HOME": "/proc/nowhere"])
    #expect(unwritable.code == 73, "\(unwritable.errors)")
  }

  @Test(SmallDisk.available) func `says that the disk is full`() throws {
    let disk = try SmallDisk()
    let server = try LoopbackServer { _ in .init(body: [UInt8](repeating: 7, count: 2_000_000)) }
    let outcome = try Program.run(
      ["models", "fetch", "yolov5n", "--from", server.address()],
      environment: ["XDG_CACHE_HOME": disk.path])
    #expect(outcome.code == 73, "\(outcome.errors)")
    #expect(outcome.errors.contains("No space left on device"))
  }

  @Test func `names what can be meant where a model is missing`() throws {
    let known = try run("splits", "yolov5m")
    #expect(known.code == 66)
    #expect(known.errors.contains("splitpipe models fetch yolov5m"))
    let unknown = try run("models", "inspect", "yolov5mm")
    #expect(unknown.code == 64)
    #expect(unknown.errors.contains("\"yolov5m\""))
    let path = try run("models", "inspect", "nowhere/yolov5m.pt")
    #expect(path.code == 66)
    #expect(path.errors.contains("nowhere/yolov5m.pt"))
  }

  @Test(SharedData.needs("data/weights/efficientnet_lite0.onnx"))
  func `inspects a classifier that names no classes`() throws {
    let outcome = try run(
      "models", "inspect", SharedData.path("data/weights/efficientnet_lite0.onnx"))
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("none named"))
    #expect(outcome.output.contains("224×224"))
  }
}
