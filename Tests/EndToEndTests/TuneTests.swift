import Foundation
import SplitpipeTestSupport
import Testing

private struct Tuned: Decodable {
  struct Point: Decodable, Equatable {
    let round: Int
    let split: String
    let bits: Int
    let codec: String
    let quantizer: String
    let bytesPerFrame: Double
    let map50_95: Double?
    let passes: Bool
    let pareto: Bool
  }
  let frames: Int
  let reference: String
  let floorValue: Double
  let points: [Point]
  let best: Point?
  let command: String?
  let complete: Bool

  init(path: String) throws {
    self = try JSONDecoder().decode(
      Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }
}

private struct Swept: Decodable {
  struct Row: Decodable, Equatable {
    let bits: Int
    let codec: String
    let quantizer: String
    let map50: Double?
    let map50_95: Double?
    let bytesPerFrame: [String: Double]
    let clampedFraction: Double?
    let pareto: Bool
  }
  let images: Int
  let complete: Bool
  let reference: String
  let rows: [Row]

  init(path: String) throws {
    self = try JSONDecoder().decode(
      Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }
}

private struct Ran: Decodable {
  let map50_95: Double?
  let bytesPerFrame: [String: Double]
  let clampedFraction: Double
}

/// A short street with the demo model.
private func clip(_ folder: TemporaryFolder, frames: Int = 6) throws -> String {
  let path = folder.file("street.mp4")
  let outcome = try Program.run([
    "synth", path, "--frames", "\(frames)", "--size", "320x192", "--seed", "5", "--quiet",
    "--labels", folder.file("street.json"),
  ])
  #expect(outcome.code == 0, "\(outcome.errors)")
  return path
}

private func interrupt(_ arguments: [String], whenThereIs state: String, bytes: Int) throws
  -> Program.Outcome
{
  try Program.run(arguments) { process in
    for _ in 0..<3000 {
      if (FileManager.default.contents(atPath: state)?.count ?? 0) > bytes { break }
      usleep(5_000)
    }
    process.interrupt()
  }
}

@Suite(.serialized, OpenVINORuntime.needed) struct `splitpipe evaluate on a video` {
  private let settings = [
    "--precision", "f32", "--bits", "4", "--codec", "rle,context", "--key-interval", "5",
    "--quantizer", "paper,joint+held+sticky=0.5", "--quiet",
  ]

  @Test func `gives the bytes and the mAP that run gives, for every codec and quantizer`() throws {
    let folder = try TemporaryFolder()
    let clip = try clip(folder)
    let outcome = try Program.run(
      ["evaluate", clip, "--summary", folder.file("s.json")] + settings)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("no labels"))
    let swept = try Swept(path: folder.file("s.json"))
    #expect(swept.images == 6 && swept.reference == "unsplit" && swept.rows.count == 4)
    #expect(swept.rows.contains { $0.pareto })
    for row in swept.rows {
      let single = try Program.run([
        "run", clip, "--precision", "f32", "--bits", "4", "--codec", row.codec, "--quantizer",
        row.quantizer, "--key-interval", "5", "--quiet", "--json",
      ])
      #expect(single.code == 0, "\(single.errors)")
      let ran = try JSONDecoder().decode(Ran.self, from: Data(single.output.utf8))
      #expect(row.bytesPerFrame["coded"] == ran.bytesPerFrame["coded"], "\(row)")
      #expect(abs((row.map50_95 ?? -1) - (ran.map50_95 ?? -2)) < 1e-9, "\(row)")
      #expect((row.clampedFraction ?? 0) == ran.clampedFraction, "\(row)")
      #expect((row.clampedFraction == nil) == (row.quantizer == "paper"))
    }
  }

  @Test func `goes on after an interruption with what quantizers and codecs remembered`() throws {
    let folder = try TemporaryFolder()
    let clip = try clip(folder, frames: 24)
    let whole = try Program.run(
      ["evaluate", clip, "--summary", folder.file("w.json")] + settings)
    #expect(whole.code == 0, "\(whole.errors)")
    let command = ["evaluate", clip, "--summary", folder.file("s.json")] + settings
    let stopped = try interrupt(
      command, whenThereIs: folder.file("s.json.sweep"), bytes: 2_000)
    #expect(stopped.code == 130, "\(stopped.errors)")
    let part = try Swept(path: folder.file("s.json"))
    #expect(!part.complete && part.images > 0 && part.images < 24)
    // More settings than before: those that are there are not run again.
    let resumed = try Program.run(command + ["--resume"])
    #expect(resumed.code == 0, "\(resumed.errors)")
    let rest = try Swept(path: folder.file("s.json"))
    #expect(rest.complete && rest.images == 24)
    #expect(try rest.rows == Swept(path: folder.file("w.json")).rows)
  }
}

@Suite(.serialized, OpenVINORuntime.needed) struct `splitpipe tune` {
  @Test func `finds the cheapest of what it tries, and what to type for it`() throws {
    let folder = try TemporaryFolder()
    let clip = try clip(folder)
    let command = [
      "tune", clip, "--precision", "f32", "--floor", "0.9", "--quiet", "--summary",
      folder.file("t.json"),
    ]
    let outcome = try Program.run(command)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let tuned = try Tuned(path: folder.file("t.json"))
    #expect(tuned.complete && tuned.frames == 6 && tuned.reference == "unsplit")
    #expect(tuned.floorValue == 0.9)
    let passing = tuned.points.filter(\.passes)
    #expect(passing.allSatisfy { ($0.map50_95 ?? 0) >= 0.9 })
    let best = try #require(tuned.best)
    #expect(passing.map(\.bytesPerFrame).min() == best.bytesPerFrame)
    #expect(best.quantizer.contains("sticky="))
    let paper = passing.filter { $0.quantizer == "paper" }.map(\.bytesPerFrame).min()
    #expect(best.bytesPerFrame < 0.8 * (try #require(paper)))

    let words = try #require(tuned.command).split(separator: " ").map(String.init)
    #expect(words.prefix(3) == ["splitpipe", "run", clip])
    #expect(outcome.output.contains(words.joined(separator: " ")))
    let run = try Program.run(Array(words.dropFirst()) + ["--quiet", "--json"])
    #expect(run.code == 0, "\(run.errors)")
    let ran = try JSONDecoder().decode(Ran.self, from: Data(run.output.utf8))
    #expect(ran.bytesPerFrame["coded"] == best.bytesPerFrame)
    #expect(abs((ran.map50_95 ?? 0) - (best.map50_95 ?? 1)) < 1e-9)

    let again = folder.file("again.json")
    let interrupted = [
      "tune", clip, "--precision", "f32", "--floor", "0.9", "--quiet", "--summary", again,
    ]
    // By then it is in the second round or later.
    let stopped = try interrupt(interrupted, whenThereIs: again + ".sweep", bytes: 30_000)
    #expect(stopped.code == 130, "\(stopped.errors)")
    #expect(stopped.errors.contains("--resume"))
    let resumed = try Program.run(interrupted + ["--resume"])
    #expect(resumed.code == 0, "\(resumed.errors)")
    #expect(try Tuned(path: again).points == tuned.points)
    #expect(try Tuned(path: again).best == tuned.best)
    #expect(!FileManager.default.fileExists(atPath: again + ".sweep"))
  }

  @Test func `takes labels, and tries nothing that remembers where the codec does not`() throws {
    let folder = try TemporaryFolder()
    let clip = try clip(folder, frames: 2)
    let outcome = try Program.run([
      "tune", clip, "--truth", folder.file("street.json"), "--floor", "80%", "--codec", "rle",
      "--precision", "f32", "--quiet", "--json",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("\"reference\" : \"truth\""))
    #expect(!outcome.output.contains("sticky"))
  }

  @Test(SharedData.needs("data/weights/yolov5n.pt", "data/coco128"))
  func `takes a folder of pictures, each by itself`() throws {
    let folder = try TemporaryFolder()
    let manager = FileManager.default
    try manager.createDirectory(
      atPath: folder.file("pictures"), withIntermediateDirectories: true)
    for name in ["000000000009.jpg", "000000000025.jpg"] {
      try manager.copyItem(
        atPath: SharedData.path("data/coco128/images/" + name),
        toPath: folder.file("pictures/" + name))
    }
    let outcome = try Program.run([
      "tune", folder.file("pictures"), "--model", SharedData.path("data/weights/yolov5n.pt"),
      "--floor", "70%", "--precision", "f32", "--quiet", "--summary", folder.file("t.json"),
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let tuned = try Tuned(path: folder.file("t.json"))
    #expect(tuned.frames == 2 && tuned.reference == "unsplit")
    #expect(!tuned.points.contains { $0.quantizer.contains("sticky") })
  }

  @Test(arguments: [
    (["--floor", "1.5"], 64, "95%"), (["--metric", "map"], 64, "map50_95"),
    (["--codec", "ctx"], 64, "context"), (["--split", "4.mm"], 64, "4.m"),
    (["--key-interval", "0"], 64, "--key-interval"), (["--resume"], 64, "--summary"),
    (["--summary", "/nowhere/t.json"], 73, "/nowhere"), (["--precision", "f16"], 64, "bf16"),
  ])
  func `finds out what is wrong before the work starts`(
    arguments: [String], code: Int32, part: String
  ) throws {
    let folder = try TemporaryFolder()
    let clip = try clip(folder, frames: 1)
    let outcome = try Program.run(["tune", clip] + arguments)
    #expect(outcome.code == code, "\(outcome.errors)")
    #expect(outcome.errors.contains(part), "\(outcome.errors)")
  }

  @Test func `says so where nothing is to be found, and where no setting keeps the floor`() throws {
    let folder = try TemporaryFolder()
    let picture = try folder.write(
      "grey.ppm", Array("P6 64 64 255\n".utf8) + [UInt8](repeating: 128, count: 64 * 64 * 3))
    let nothing = try Program.run(["tune", picture, "--precision", "f32", "--quiet"])
    #expect(nothing.code == 65 || nothing.code == 66, "\(nothing.errors)")
    let clip = try clip(folder, frames: 3)
    let high = try Program.run([
      "tune", clip, "--truth", folder.file("street.json"), "--floor", "0.999", "--precision", "f32",
      "--quiet", "--summary", folder.file("t.json"),
    ])
    #expect(high.code == 64, "\(high.errors)")
    #expect(high.errors.contains("less than the floor"), "\(high.errors)")
  }
}
