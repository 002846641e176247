import Foundation
import SplitpipeTestSupport
import Testing

@Suite(OpenVINORuntime.needed)
struct `splitpipe plan` {
  /// Every row of a plan: name, device, server, bytes, transfer, latency.
  private func rows(_ plan: [String: Any]) throws -> [(
    name: String, device: Double, server: Double, bytes: Double, transfer: Double, latency: Double
  )] {
    func number(_ row: [String: Any], _ key: String) throws -> Double {
      try #require(row[key] as? Double, "\(key)")
    }
    let (prepare, answer) = (
      try number(plan, "prepareSeconds"), try number(plan, "answerSeconds")
    )
    let splits = try #require(plan["splits"] as? [[String: Any]]).map { row in
      (
        try #require(row["name"] as? String),
        prepare + (try number(row, "headSeconds")) + (try number(row, "encodeSeconds")),
        try number(row, "restoreSeconds") + (try number(row, "tailSeconds")) + answer,
        try number(row, "bytesPerFrame"), try number(row, "transferSeconds"),
        try number(row, "latencySeconds")
      )
    }
    let whole = try #require(plan["whole"] as? [[String: Any]]).map { row in
      (
        try #require(row["name"] as? String), try number(row, "deviceSeconds"),
        try number(row, "serverSeconds"), try number(row, "bytesPerFrame"),
        try number(row, "transferSeconds"), try number(row, "latencySeconds")
      )
    }
    return splits + whole
  }

  @Test func `adds up what device, link and server take, and chooses the least`() throws {
    let folder = try TemporaryFolder()
    let outcome = try Program.run([
      "plan", try street(folder, frames: 6), "--frames", "4", "--size", "320", "--splits", "5",
      "--link", "2Mbit/s", "--rtt", "30ms", "--device", "0.5", "--server", "2",
      "--joules-per-mac", "1e-11", "--joules-per-bit", "1e-8",
      "--summary", folder.file("p.json"), "--quiet",
    ])
    try #require(outcome.code == 0, "\(outcome.errors)")
    let plan = try jsonObject(folder.file("p.json"))
    let rows = try rows(plan)
    // Five splits, the device, JPEG and H.264.
    #expect(rows.count == 8)
    for row in rows {
      #expect(abs(row.transfer - row.bytes * 8 / 2e6) < 1e-9)
      let link = row.bytes > 0 ? row.transfer + 0.03 : 0
      #expect(abs(row.latency - row.device - link - row.server) < 1e-9, "\(row.name)")
    }
    let best = try #require(rows.min { $0.latency < $1.latency })
    let optimum = try #require(plan["optimum"] as? [String: Any])
    #expect(optimum["latency"] as? String == best.name)
    #expect(outcome.output.contains("▸ "))
    let splits = try #require(plan["splits"] as? [[String: Any]])
    let macs = splits.compactMap { $0["headMACs"] as? Int }
    #expect(macs == macs.sorted() && macs.count == 5)
    for split in splits {
      #expect(split["headWeightBytes"] as? Int ?? 0 > 0)
      #expect(split["headPeakBytes"] as? Int ?? 0 > 0)
      let expected =
        1e-11 * Double(split["headMACs"] as? Int ?? 0)
        + 1e-8 * 8 * (split["bytesPerFrame"] as? Double ?? 0)
      #expect(abs((split["headJoules"] as? Double ?? 0) - expected) < 1e-12)
    }
    #expect(splits.contains { $0["pareto"] as? Bool == true })
    #expect(splits.contains { $0["importance"] as? Double ?? 0 > 0 })
  }

  @Test func `takes the times of a device from its profile`() throws {
    let folder = try TemporaryFolder()
    let clip = try street(folder, frames: 4)
    let common = [clip, "--frames", "3", "--quiet"]
    let profile = folder.file("device.json")
    let bench = try Program.run(
      ["bench", "layers"] + common + ["--size", "320", "--split", "1,4", "--output", profile])
    try #require(bench.code == 0, "\(bench.errors)")
    var text = try String(contentsOfFile: profile, encoding: .utf8)
    let measured = try jsonObject(profile)
    let layers = try #require(measured["layers"] as? [[String: Any]])
    #expect(layers.compactMap { $0["split"] as? String } == ["1", "4"])
    let plan = try Program.run(
      ["plan"] + common
        + ["--size", "320", "--profile", profile, "--summary", folder.file("p.json")])
    try #require(plan.code == 0, "\(plan.errors)")
    let splits = try #require(jsonObject(folder.file("p.json"))["splits"] as? [[String: Any]])
    for (split, layer) in zip(splits, layers) {
      #expect(split["headSeconds"] as? Double == layer["headSeconds"] as? Double)
    }

    let other = try Program.run(["plan"] + common + ["--size", "256", "--profile", profile])
    #expect(other.code == 65 && other.errors.contains("320"), "\(other.errors)")
    let both = try Program.run(
      ["plan"] + common + ["--size", "320", "--profile", profile, "--device", "0.5"])
    #expect(both.code == 64 && both.errors.contains("--device"), "\(both.errors)")
    let missing = try Program.run(
      ["plan"] + common + ["--size", "320", "--profile", profile, "--split", "2"])
    #expect(missing.code == 64 && missing.errors.contains("bench layers"), "\(missing.errors)")
    text = text.replacingOccurrences(of: "\"layers\"", with: "\"layer\"")
    let damaged = try folder.write("damaged.json", Array(text.utf8))
    let refused = try Program.run(["plan"] + common + ["--size", "320", "--profile", damaged])
    #expect(refused.code == 65 && refused.errors.contains("no profile"), "\(refused.errors)")
  }

  @Test(Browser.needed)
  func `writes a page on which the best split moves with the link`() throws {
    let folder = try TemporaryFolder()
    let report = folder.file("plan.html")
    let outcome = try Program.run([
      "plan", try street(folder, frames: 4), "--frames", "3", "--size", "320", "--splits", "4",
      "--report", report, "--summary", folder.file("p.json"), "--quiet",
    ])
    try #require(outcome.code == 0, "\(outcome.errors)")
    let plan = try jsonObject(folder.file("p.json"))
    let best = try #require((plan["optimum"] as? [String: Any])?["latency"] as? String)
    func fastest(_ page: Browser.Page) -> String? {
      page.document.split(separator: "data-fastest=\"", maxSplits: 1).last?
        .split(separator: "\"").first.map(String.init)
    }
    let page = try Browser.open(report)
    #expect(page.console.isEmpty, "\(page.console)")
    let shown = try #require(fastest(page))
    #expect(shown == best || shown.hasPrefix("all on the \(best)"))
    #expect(page.document.contains("data-overflows=\"false\""))

    // As a reader would: the slowest link, so that nothing that sends can win.
    let html = try String(contentsOfFile: report, encoding: .utf8)
    let moved = try folder.write(
      "moved.html",
      Array(
        html.replacingOccurrences(
          of: "</body>",
          with: """
            <script>for (const [name, value] of [["link", -1], ["trip", 300], ["device", 1]]) {
            const slider = document.getElementById("latency-" + name);
            slider.value = value; slider.dispatchEvent(new Event("input")); }</script></body>
            """
        ).utf8))
    let second = try Browser.open(moved)
    #expect(second.console.isEmpty, "\(second.console)")
    #expect(fastest(second) == "all on the device")
    #expect(second.document.contains("0.1 Mbit/s"))
  }

  @Test(SharedData.needs("data/weights/yolov5n.pt", "data/coco128"))
  func `holds what claims to know accuracy against what is measured`() throws {
    let folder = try TemporaryFolder()
    let outcome = try Program.run([
      "plan", SharedData.path("data/coco128"), "--model",
      SharedData.path("data/weights/yolov5n.pt"), "--frames", "2", "--size", "320x320", "--split",
      "1,3,4.m,6,9", "--check", "5", "--check-bits", "2,4", "--check-frames", "6",
      "--summary", folder.file("p.json"), "--quiet",
    ])
    try #require(outcome.code == 0, "\(outcome.errors)")
    let plan = try jsonObject(folder.file("p.json"))
    #expect(plan["checkedImages"] as? Int == 6)
    let ranks = try #require(plan["rankCorrelation"] as? [String: [String: Any]])
    #expect(
      Set(ranks.keys) == [
        "importance", "importance (paper)", "importance (cumulative)", "gradients", "cde", "depth",
        "bytes",
      ])
    let splits = try #require(plan["splits"] as? [[String: Any]])
    #expect(splits.allSatisfy { ($0["accuracy"] as? [String: Double])?.count == 2 })
    #expect(
      splits.allSatisfy { ($0["accuracyOfHalves"] as? [String: [Double]])?["4"]?.count == 15 })
    #expect((ranks["bytes"]?["4"] as? [String: Any])?["tauOfHalves"] is [Double])
    let check = try jsonObject(folder.file("p.check.json"))
    #expect((check["rows"] as? [Any])?.count == 10)
    #expect(outcome.output.contains("rank correlation with mAP50-95 on 6 pictures"))
  }

  @Test func `refuses what cannot be`() throws {
    let folder = try TemporaryFolder()
    let clip = try street(folder, frames: 2)
    for (arguments, code, words) in [
      (["--split", "nowhere"], 64 as Int32, "nowhere"),
      (["--link", "fast"], 64, "--link"), (["--rtt", "soon"], 64, "--rtt"),
      (["--device", "0"], 64, "--device"), (["--resume"], 64, "--check"),
      (["--profile", folder.file("none.json")], 66, "none.json"),
      (["--bits", "9"], 64, "--bits"),
    ] {
      let outcome = try Program.run(["plan", clip] + arguments)
      #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
    }
  }
}
