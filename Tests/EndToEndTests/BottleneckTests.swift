import Foundation
import SplitpipeTestSupport
import Testing

@Suite(OpenVINORuntime.needed)
struct `splitpipe bottleneck train` {
  private func train(
    _ clip: String, _ output: String, steps: Int, _ more: [String] = []
  ) throws -> Program.Outcome {
    try Program.run(
      [
        "bottleneck", "train", clip, "--split", "4", "--output", output, "--steps", "\(steps)",
        "--size", "320", "--quiet",
      ] + more)
  }

  @Test func `writes a model that every command cuts at its bottleneck`() throws {
    let folder = try TemporaryFolder()
    let clip = try street(folder, frames: 40)
    let model = folder.file("b.onnx")
    let trained = try train(
      clip, model, steps: 60,
      ["--channels", "8", "--bits", "5", "--entropy", "0.05", "--summary", folder.file("s.json")])
    try #require(trained.code == 0, "\(trained.errors)")
    let summary = try jsonObject(folder.file("s.json"))
    let latent = try #require(summary["latent"] as? [Int])
    #expect(latent.count == 3 && latent[0] == 8)
    #expect(summary["steps"] as? Int == 60)
    let encoder = try #require(summary["encoderMACs"] as? Double)
    #expect(encoder < 0.1 * (try #require(summary["headMACs"] as? Double)))
    let losses = try #require(summary["losses"] as? [[String: Any]])
    #expect(Set(losses.compactMap { $0["stage"] as? Int }) == [1, 2])
    #expect(losses.last?["cost"] is [String: Any])
    #expect(!FileManager.default.fileExists(atPath: model + ".training"))

    // Without --split, run cuts where the bottleneck is, and finds the demo model's classes.
    let run = try Program.run([
      "run", clip, "--model", model, "--bits", "5", "--codec", "context", "--summary",
      folder.file("run.json"), "--detections", folder.file("boxes.jsonl"), "--quiet",
    ])
    try #require(run.code == 0, "\(run.errors)")
    let crossed = try jsonObject(folder.file("run.json"))
    #expect(crossed["split"] as? String == "bottleneck")
    let evaluated = try Program.run([
      "evaluate", clip, "--model", model, "--reference", Self.demo, "--bits", "5", "--codec",
      "context", "--summary", folder.file("e.json"), "--h264", "38", "--quiet",
    ])
    try #require(evaluated.code == 0, "\(evaluated.errors)")
    let scores = try jsonObject(folder.file("e.json"))
    // The reference is the model as it was: it agrees with itself, and what was learnt in a minute less.
    let unsplit = try #require(scores["unsplit"] as? [String: Any])
    #expect(unsplit["map50_95"] as? Double == 1)
    let row = try #require((scores["rows"] as? [[String: Any]])?.first)
    #expect(try #require(row["map50_95"] as? Double) < 1)
    let exported = try Program.run([
      "export", "--model", model, "--split", "bottleneck", "--output", folder.file("halves"),
    ])
    #expect(exported.code == 0, "\(exported.errors)")
  }

  private static let demo = "demo"

  @Test func `gives the same model for the same seed, also in two parts`() throws {
    let folder = try TemporaryFolder()
    let clip = try street(folder, frames: 20)
    func bytes(_ name: String) throws -> Data {
      try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
    }
    for name in ["a.onnx", "b.onnx"] {
      let outcome = try train(clip, folder.file(name), steps: 30)
      try #require(outcome.code == 0, "\(outcome.errors)")
    }
    #expect(try bytes("a.onnx") == bytes("b.onnx"))
    let other = try train(
      clip, folder.file("c.onnx"), steps: 30, ["--seed", "2", "--weigh-importance"])
    try #require(other.code == 0, "\(other.errors)")
    #expect(try bytes("a.onnx") != bytes("c.onnx"))

    let parted = folder.file("parted.onnx")
    let stopped = try Program.run([
      "bottleneck", "train", clip, "--split", "4", "--output", parted, "--steps", "2000", "--size",
      "320", "--quiet",
    ]) { process in
      Thread.sleep(forTimeInterval: 6)
      process.interrupt()
    }
    #expect(stopped.code == 130, "\(stopped.code) \(stopped.errors)")
    if FileManager.default.fileExists(atPath: parted) {
      #expect(stopped.errors.contains("--resume"), "\(stopped.errors)")
      let again = try train(clip, parted, steps: 2000)
      #expect(again.code == 64 && again.errors.contains("--resume"), "\(again.errors)")
      let another = try train(clip, parted, steps: 2000, ["--resume", "--seed", "3"])
      #expect(another.code == 64 && another.errors.contains("another seed"), "\(another.errors)")
    }
  }

  @Test func `says what it cannot learn from, or cannot stand at`() throws {
    let folder = try TemporaryFolder()
    let clip = try street(folder, frames: 4)
    let output = folder.file("b.onnx")
    let few = try train(clip, output, steps: 10)
    #expect(few.code == 65 && few.errors.contains("too few"), "\(few.errors)")
    // One frame kept apart is no pair.
    let least = try train(try street(folder, frames: 9), folder.file("least.onnx"), steps: 4)
    #expect(least.code == 0, "\(least.errors)")
    for (options, words) in [
      (["--split", "nowhere"], "nowhere"), (["--split", "4", "--channels", "0"], "--channels"),
      (["--split", "4", "--rate", "10%", "--channels", "3"], "--rate"),
      (["--split", "4", "--tune", "nothing"], "--tune"),
      (["--split", "4", "--bits", "9"], "--bits"),
    ] {
      let outcome = try Program.run(
        ["bottleneck", "train", clip, "--output", output, "--steps", "10"] + options)
      #expect(outcome.code == 64 && outcome.errors.contains(words), "\(options): \(outcome.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: output))
  }
}
