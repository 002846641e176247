import Foundation
import SplitpipeTestSupport
import Testing

private struct Summary: Decodable {
  let input: String
  let frames: Int
  let skipped: Int
  let interrupted: Bool
  let map50: Double?
}

private struct Line: Decodable {
  let frame: Int
  let time: Double
  let file: String?
}

/// The demo model on short clips drawn by the program itself.
@Suite(OpenVINORuntime.needed) struct `What comes in and goes out` {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: String...) throws -> Program.Outcome {
    try Program.run(
      Program.path, arguments, in: folder.path,
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path])
  }

  private func clip(_ name: String, frames: Int) throws {
    let outcome = try run("synth", name, "--frames", "\(frames)", "--size", "320x192")
    #expect(outcome.code == 0, "\(outcome.errors)")
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file(name))))
  }

  private func summary(_ name: String) throws -> Summary {
    try JSONDecoder().decode(Summary.self, from: Data(try bytes(name)))
  }

  private func lines(_ name: String) throws -> [Line] {
    try String(contentsOfFile: folder.file(name), encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
  }

  @Test func `a stream that breaks off keeps what came, and says why it ended`() throws {
    try clip("a.ts", frames: 20)
    let body = try bytes("a.ts")
    let server = try LoopbackServer { _ in
      var reply = LoopbackServer.Reply(body: body)
      reply.sent = body.count * 3 / 4
      return reply
    }
    let outcome = try run(
      "run", server.address("/a.ts?token=hush"), "--summary", "s.json", "--detections", "d.jsonl",
      "--output", "o.mp4")
    #expect(outcome.code == 69, "\(outcome.errors)")
    #expect(outcome.errors.contains("broke off after"))
    #expect(outcome.output.contains("mAP50"))
    let found = try summary("s.json")
    #expect(found.frames > 5 && found.frames < 20 && found.interrupted && found.map50 != nil)
    #expect(try lines("d.jsonl").count == found.frames)
    #expect(folder.contents == ["a.ts", "d.jsonl", "o.mp4", "s.json"])
    for text in [outcome.errors, outcome.output, found.input] { #expect(!text.contains("hush")) }

    let evaluated = try run(
      "evaluate", server.address("/a.ts"), "--bits", "3", "--summary", "e.json")
    #expect(evaluated.code == 69, "\(evaluated.errors)")
    #expect(evaluated.output.contains("4.m"))
    #expect(FileManager.default.fileExists(atPath: folder.file("e.json")))
    let correlated = try run("correlate", server.address("/a.ts"), "--summary", "c.json")
    #expect(correlated.code == 69, "\(correlated.errors)")
    #expect(FileManager.default.fileExists(atPath: folder.file("c.json")))
  }

  @Test func `a stream that breaks off before the frames that labels are for keeps what came`()
    throws
  {
    try clip("a.ts", frames: 20)
    let body = try bytes("a.ts")
    let server = try LoopbackServer { _ in
      var reply = LoopbackServer.Reply(body: body)
      reply.sent = body.count * 3 / 4
      return reply
    }
    try folder.write(
      "t.json",
      """
      {"images": [{"id": 19}], "categories": [{"id": 1, "name": "car"}],
       "annotations": [{"id": 1, "image_id": 19, "category_id": 1, "bbox": [1, 2, 30, 40]}]}
      """)
    try folder.write("texts/19.txt", "0 0.5 0.5 0.1 0.1\n")
    for truth in ["t.json", "texts"] {
      let labels = ["--truth", truth, "--truth-start", "0"]
      let outcome = try Program.run(
        Program.path,
        ["run", server.address("/a.ts"), "--summary", "s.json", "--detections", "d.jsonl"] + labels,
        in: folder.path, environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path])
      #expect(outcome.code == 69, "\(outcome.errors)")
      #expect(outcome.errors.contains("cover none of the"), "\(outcome.errors)")
      #expect(outcome.errors.contains("broke off after"))
      let found = try summary("s.json")
      #expect(found.frames > 5 && found.frames < 20 && found.interrupted && found.map50 == nil)
      #expect(try lines("d.jsonl").count == found.frames)
      let evaluated = try Program.run(
        Program.path,
        ["evaluate", server.address("/a.ts"), "--bits", "3", "--summary", "e.json"] + labels,
        in: folder.path, environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path])
      #expect(evaluated.code == 69, "\(evaluated.errors)")
      #expect(evaluated.errors.contains("cover none of the"), "\(evaluated.errors)")
      #expect(FileManager.default.fileExists(atPath: folder.file("e.json")))
      for name in ["s.json", "d.jsonl", "e.json", "e.json.sweep"] {
        try? FileManager.default.removeItem(atPath: folder.file(name))
      }
    }
  }

  @Test func `evaluate, tune and correlate read the part of a video that run reads`() throws {
    try clip("a.mp4", frames: 20)
    let part = ["--start", "0:00.4", "--every", "5", "--precision", "f32", "--quiet"]
    func run(_ arguments: [String]) throws -> Program.Outcome {
      try Program.run(
        Program.path, arguments, in: folder.path,
        environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path])
    }
    func object(_ text: String) throws -> [String: Any] {
      try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }
    let ran = try object(
      run(["run", "a.mp4", "--bits", "4", "--codec", "context", "--json"] + part).output)
    let command = ["evaluate", "a.mp4", "--bits", "4", "--codec", "context", "--json"] + part
    let swept = try object(run(command).output)
    #expect(swept["images"] as? Int == 3)
    let row = try #require((swept["rows"] as? [[String: Any]])?.first)
    let bytes = (row["bytesPerFrame"] as? [String: Double])?["coded"]
    #expect(bytes != nil && bytes == (ran["bytesPerFrame"] as? [String: Double])?["coded"])
    #expect(
      (swept["protocol"] as? [String: Any])?["frames"] as? String
        == "one of every 5 from 0.4 s on")
    let first = try object(run(command + ["--frames", "2"]).output)
    #expect(first["images"] as? Int == 2)

    let tuned = try run(["tune", "a.mp4", "--floor", "10%", "--codec", "rle", "--json"] + part)
    #expect(tuned.code == 0, "\(tuned.errors)")
    let best = try object(tuned.output)
    #expect(best["frames"] as? Int == 3)
    #expect((best["command"] as? String)?.contains("--start 0.4 --every 5") == true)

    let correlated = try object(
      run(["correlate", "a.mp4", "--json"] + part.filter { $0 != "--quiet" }).output)
    #expect(correlated["frames"] as? Int == 3 && correlated["start"] as? Double == 0.4)

    try FileManager.default.createDirectory(
      atPath: folder.file("p"), withIntermediateDirectories: true)
    try folder.write(
      "p/a.ppm", Array("P6 64 64 255\n".utf8) + [UInt8](repeating: 128, count: 64 * 64 * 3))
    let pictures = try run(["evaluate", "p", "--every", "2", "--bits", "3"])
    #expect(pictures.code == 64)
    #expect(pictures.errors.contains("choose frames of a video"), "\(pictures.errors)")
  }

  @Test func `a part of a video is read under its own numbers and times`() throws {
    try clip("a.mp4", frames: 20)
    let outcome = try run(
      "run", "a.mp4", "--start", "0:00.4", "--every", "5", "--detections", "d.jsonl")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let found = try lines("d.jsonl")
    #expect(found.map(\.frame) == [5, 10, 15])
    #expect(found.first.map { abs($0.time - 0.4) < 0.001 } == true)
    #expect(try run("run", "a.mp4", "--start", "soon").code == 64)
    #expect(try run("run", "a.mp4", "--every", "0").code == 64)
    let late = try run("run", "a.mp4", "--start", "1:00")
    #expect(late.code == 64)
    #expect(late.errors.contains("lies after the end"))
  }

  @Test func `a name that is not UTF-8 is read and shown by its bytes`() throws {
    try clip("a.mp4", frames: 2)
    try clip("b.mp4", frames: 2)
    let script = """
      name=$(printf 'caf\\351.mp4') && mv a.mp4 "$name" && "$0" run "$name" --summary s.json \
        --output "$(printf 'o\\351.mp4')"
      """
    let outcome = try Program.run(
      "/bin/sh", ["-c", script, Program.path], in: folder.path,
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("caf\\xE9.mp4"))
    #expect(try summary("s.json").input == "caf\\xE9.mp4")
    let missing = try Program.run(
      "/bin/sh", ["-c", "\"$0\" run \"$(printf '\\351.mp4')\"", Program.path], in: folder.path,
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path])
    #expect(missing.code == 66)
    #expect(missing.errors.contains("cannot open \"\\xE9.mp4\""), "\(missing.errors)")
  }

  @Test(arguments: ["x.m3u8", "x.mpd", "x.mpg", "x.what"])
  func `an output of nothing we write is refused and leaves nothing`(name: String) throws {
    try clip("a.mp4", frames: 2)
    let outcome = try run("run", "a.mp4", "--output", name)
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains(".mp4, .m4v, .mov, .mkv"))
    #expect(folder.contents == ["a.mp4"])
  }

  @Test func `credentials of an address are never printed`() throws {
    for address in ["rtsp://eve:s3cret@127.0.0.1:9/live", "http://127.0.0.1:9/a?sig=s3cret"] {
      for command in ["run", "evaluate", "correlate"] {
        let outcome = try run(command, address)
        #expect(outcome.code == 69, "\(outcome.errors)")
        #expect(outcome.errors.contains("***") && !outcome.errors.contains("s3cret"))
      }
    }
  }

  @Test func `an MP4 through a pipe says that its index stands at the end`() throws {
    // More than FFmpeg keeps of what it has read.
    try clip("a.mp4", frames: 200)
    let outcome = try Program.run(
      "/bin/sh", ["-c", "cat a.mp4 | \"$0\" run -", Program.path], in: folder.path,
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path])
    #expect(outcome.code == 65)
    #expect(outcome.errors.contains("+faststart"), "\(outcome.errors)")
  }
}
