import Foundation
import SplitpipeTestSupport
import Testing

private struct Truth: Decodable {
  struct Image: Decodable {
    let id: Int
    let width: Int
    let height: Int
  }
  struct Category: Decodable {
    let id: Int
    let name: String
  }
  struct Annotation: Decodable {
    let id: Int
    let image_id: Int
    let category_id: Int
    let bbox: [Double]
    let area: Double
    let iscrowd: Int
  }
  let images: [Image]
  let categories: [Category]
  let annotations: [Annotation]

  init(contentsOf path: String) throws {
    self = try JSONDecoder().decode(Truth.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }
}

@Suite struct SynthCommandTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func synth(_ arguments: String..., named: String) throws -> Program.Outcome {
    try Program.run(
      ["synth", folder.file(named + ".mp4"), "--labels", folder.file(named + ".json")] + arguments)
  }

  @Test func `the same seed gives the same file, byte for byte`() throws {
    for name in ["a", "b"] {
      let outcome = try synth("--seed", "11", "--frames", "40", named: name)
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    let manager = FileManager.default
    let first = try #require(manager.contents(atPath: folder.file("a.mp4")))
    #expect(first == manager.contents(atPath: folder.file("b.mp4")))
    let one = try Truth(contentsOf: folder.file("a.json")).annotations.map(\.bbox)
    #expect(try Truth(contentsOf: folder.file("b.json")).annotations.map(\.bbox) == one)
  }

  @Test func `more frames do not change the labels of the first ones`() throws {
    _ = try synth("--seed", "4", "--frames", "10", named: "short")
    _ = try synth("--seed", "4", "--frames", "25", named: "long")
    let short = try Truth(contentsOf: folder.file("short.json")).annotations.map(\.bbox)
    let long = try Truth(contentsOf: folder.file("long.json")).annotations
    #expect(long.filter { $0.image_id < 10 }.map(\.bbox) == short)
  }

  @Test func `labels are COCO's, one image a frame from 0`() throws {
    let outcome = try synth("--seed", "2", "--frames", "12", "--size", "320x192", named: "c")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(folder.contents == ["c.json", "c.mp4"])
    let truth = try Truth(contentsOf: folder.file("c.json"))
    #expect(truth.images.map(\.id) == Array(0..<12))
    #expect(truth.images.allSatisfy { $0.width == 320 && $0.height == 192 })
    #expect(truth.categories.map(\.name) == ["person", "bicycle", "car", "bus", "dog"])
    #expect(Set(truth.annotations.map(\.id)).count == truth.annotations.count)
    #expect(!truth.annotations.isEmpty)
    for annotation in truth.annotations {
      #expect(annotation.iscrowd == 0 && annotation.bbox.count == 4 && annotation.area > 0)
      #expect(truth.categories.contains { $0.id == annotation.category_id })
      #expect(truth.images.contains { $0.id == annotation.image_id })
    }
  }

  @Test(arguments: [
    (["--frames", "0"], "0 frames"), (["--frames=-3"], "-3 frames"),
    (["--size", "0x0"], "640x384"), (["--size", "big"], "big"), (["--size", "640"], "640"),
    (["--size", "641x384"], "even"), (["--rate", "0"], "frames per second"),
    (["--objects", "1000"], "1000 objects"), (["--seed", "-1"], "seed"),
  ])
  func `values out of range are refused and leave nothing behind`(
    arguments: [String], word: String
  ) throws {
    let outcome = try Program.run(["synth", folder.file("x.mp4")] + arguments)
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains(word), "\(outcome.errors)")
    #expect(folder.contents.isEmpty)
  }

  @Test func `outputs that cannot be written are found out before the work`() throws {
    for arguments in [
      [folder.file("no/such/folder.mp4")], [folder.path],
      [folder.file("a.mp4"), "--labels", folder.file("no/labels.json")],
    ] {
      let outcome = try Program.run(["synth", "--frames", "6000"] + arguments)
      #expect(outcome.code == 73, "\(outcome.errors)")
      #expect(outcome.errors.contains("cannot write"))
    }
    #expect(folder.contents.isEmpty)
  }

  @Test func `an image or one name for both outputs is refused`() throws {
    for arguments in [["a.png"], ["a.mp4", "--labels", "a.mp4"]] {
      let outcome = try Program.run(["synth"] + arguments)
      #expect(outcome.code == 64)
    }
  }

  @Test func `an interrupted clip is kept with the labels of its frames`() throws {
    let outcome = try Program.run([
      "synth", folder.file("i.mp4"), "--labels", folder.file("i.json"), "--frames", "6000",
      "--size", "128x96",
    ]) { process in
      // Frames are through once the temporary file has grown.
      let deadline = Date.now + 60
      while process.isRunning, Date.now < deadline, folder.largestFile < 30_000 {
        usleep(10_000)
      }
      kill(process.processIdentifier, SIGINT)
    }
    #expect(outcome.code == 130, "\(outcome.errors)")
    #expect(folder.contents == ["i.json", "i.mp4"])
    let frames = try Truth(contentsOf: folder.file("i.json")).images.count
    #expect(frames > 0 && frames < 6000)
    #expect(outcome.errors.contains("after \(frames) of 6000 frames"))
  }
}

@Suite(OpenVINORuntime.needed) struct DemoModelTests {
  private struct Summary: Decodable {
    let frames: Int
    let reference: String
    let map50: Double
    let map50_95: Double
  }

  @Test func `the demo model finds what a rendered clip shows, at 3 bits too`() throws {
    let folder = try TemporaryFolder()
    let clip = folder.file("clip.mp4")
    let labels = folder.file("clip.json")
    let rendered = try Program.run(
      ["synth", clip, "--labels", labels, "--seed", "7", "--frames", "60"])
    #expect(rendered.code == 0, "\(rendered.errors)")
    for (bits, codec, least) in [("32", "raw", 0.95), ("3", "rle", 0.9)] {
      let outcome = try Program.run([
        "run", clip, "--truth", labels, "--bits", bits, "--codec", codec, "--precision", "f32",
        "--summary", folder.file("s.json"),
      ])
      #expect(outcome.code == 0, "\(outcome.errors)")
      let summary = try JSONDecoder().decode(
        Summary.self, from: Data(contentsOf: URL(fileURLWithPath: folder.file("s.json"))))
      #expect(summary.frames == 60 && summary.reference == "truth")
      #expect(summary.map50 >= least)
    }
  }
}
