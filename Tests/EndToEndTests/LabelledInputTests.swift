import Foundation
import SplitpipeTestSupport
import Testing

private let weights = SharedData.path("data/weights/yolov5n.pt")
private let pictures = SharedData.path("data/coco128/images")

private struct Numbers: Decodable {
  struct Accuracy: Decodable {
    let map50: Double?
    let map50_95: Double?
  }
  let map50: Double?
  let map50_95: Double?
  let unsplit: Accuracy?
  let reference: String
}

private func numbers(_ path: String) throws -> Numbers {
  try JSONDecoder().decode(Numbers.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
}

/// Labels as people bring them: each scores what it is worth, or is refused; none gives a number that
/// only looks right.
@Suite(OpenVINORuntime.needed)
struct `Labels as people bring them` {
  /// Frames 0 to 29 of a clip drawn in code, and its labels.
  private static func clip(_ folder: TemporaryFolder) throws -> [String: Any] {
    let outcome = try Program.run([
      "synth", folder.file("s.mp4"), "--seed", "6", "--frames", "30", "--labels",
      folder.file("s.json"),
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let data = try Data(contentsOf: URL(fileURLWithPath: folder.file("s.json")))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// The labels with other ids and names of the frames.
  private static func write(
    _ labels: [String: Any], to path: String, id: (Int) -> Any, name: (Int) -> String
  ) throws {
    var labels = labels
    labels["images"] = (labels["images"] as? [[String: Any]] ?? []).map { image in
      var image = image
      let frame = image["id"] as? Int ?? 0
      image["id"] = id(frame)
      image["file_name"] = name(frame)
      return image
    }
    labels["annotations"] = (labels["annotations"] as? [[String: Any]] ?? []).map { annotation in
      var annotation = annotation
      annotation["image_id"] = id(annotation["image_id"] as? Int ?? 0)
      return annotation
    }
    try JSONSerialization.data(withJSONObject: labels).write(to: URL(fileURLWithPath: path))
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    String(repeating: "0", count: width - String(number).count) + String(number)
  }

  @Test func `of a video score the same however its frames are called`() throws {
    let folder = try TemporaryFolder()
    let labels = try Self.clip(folder)
    try Self.write(labels, to: folder.file("cvat.json"), id: { $0 + 1 }) {
      "frame_\(Self.padded($0, 6)).PNG"
    }
    try Self.write(labels, to: folder.file("from1.json"), id: { $0 + 1 }) {
      "frame_\(Self.padded($0 + 1, 6)).jpg"
    }
    try Self.write(labels, to: folder.file("texts.json"), id: { "img\($0)" }) {
      "s_mp4-\(Self.padded($0, 4))_jpg.rf.0a1b2c.jpg"
    }
    func run(_ truth: String) throws -> Numbers {
      let outcome = try Program.run([
        "run", folder.file("s.mp4"), "--truth", folder.file(truth), "--precision", "f32",
        "--summary", folder.file("o.json"), "--coco", folder.file("c.json"), "--quiet",
      ])
      #expect(outcome.code == 0, "\(truth): \(outcome.errors)")
      #expect(
        outcome.errors.contains("--truth-start") == (truth == "from1.json"), "\(outcome.errors)")
      return try numbers(folder.file("o.json"))
    }
    let right = try run("s.json")
    #expect(right.map50 ?? 0 > 0.9)
    for truth in ["cvat.json", "from1.json", "texts.json"] {
      let found = try run(truth)
      #expect(found.map50 == right.map50 && found.map50_95 == right.map50_95, "\(truth)")
      // What is scored is what --coco writes.
      let score = try Program.run([
        "score", "--truth", folder.file(truth), "--detections", folder.file("c.json"), "--json",
      ])
      #expect(score.code == 0 && score.errors == "", "\(score.errors)")
      let statistics = try JSONDecoder().decode(
        [String: Double].self, from: Data(score.output.utf8))
      #expect(abs((statistics["AP"] ?? 0) - (right.map50_95 ?? 1)) < 1e-9, "\(truth)")
    }
    let evaluated = try Program.run([
      "evaluate", folder.file("s.mp4"), "--truth", folder.file("from1.json"), "--precision", "f32",
      "--bits", "3", "--summary", folder.file("e.json"), "--quiet",
    ])
    #expect(
      evaluated.code == 0 && evaluated.errors.contains("--truth-start"), "\(evaluated.errors)")
  }

  @Test func `that are for other frames end the run without a number`() throws {
    let folder = try TemporaryFolder()
    let labels = try Self.clip(folder)
    try Self.write(labels, to: folder.file("late.json"), id: { $0 + 500 }) { "f_\($0 + 500).jpg" }
    for command in ["run", "evaluate"] {
      let outcome = try Program.run([
        command, folder.file("s.mp4"), "--truth", folder.file("late.json"), "--truth-start", "0",
        "--bits", "3",
      ])
      #expect(outcome.code == 65, "\(command): \(outcome.errors)")
      #expect(outcome.errors.contains("number 500 from 0"), "\(outcome.errors)")
    }
    try Self.write(labels, to: folder.file("some.json"), id: { $0 }) { "\($0 == 3 ? 40 : $0).jpg" }
    let outcome = try Program.run([
      "run", folder.file("s.mp4"), "--truth", folder.file("some.json"), "--quiet",
    ])
    #expect(outcome.code == 0)
    #expect(
      outcome.errors.contains("1 of its 30 labelled frames were not reached"), "\(outcome.errors)")
  }

  @Test(
    SharedData.needs(
      "data/weights/yolov5n.pt", "data/coco128/images/000000000009.jpg", "field/README.md"),
    arguments: [
      "09-symlinked-labels/plain", "10-yolo-label-text/base", "10-yolo-label-text/bom",
      "10-yolo-label-text/obb", "10-yolo-label-text/seg", "10-yolo-label-text/over",
    ])
  func `of four pictures score what they are worth, in any form of text`(_ place: String) throws {
    let folder = try TemporaryFolder()
    let manager = FileManager.default
    let labels = SharedData.path("field/\(place)/labels")
    try manager.createDirectory(
      atPath: folder.file("d/images"), withIntermediateDirectories: true)
    try manager.createSymbolicLink(
      atPath: folder.file("d/labels"), withDestinationPath: labels)
    for stem in ["009", "025", "030", "034"] {
      try manager.createSymbolicLink(
        atPath: folder.file("d/images/000000000\(stem).jpg"),
        withDestinationPath: pictures + "/000000000\(stem).jpg")
    }
    let outcome = try Program.run([
      "evaluate", folder.file("d"), "--model", weights, "--bits", "8", "--precision", "f32",
      "--summary", folder.file("s.json"), "--quiet",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let found = try numbers(folder.file("s.json"))
    #expect(found.reference == "truth")
    #expect(abs((found.unsplit?.map50 ?? 0) - 0.831) < 0.0005, "\(place)")
    // There one label of each picture was drawn taller than what it shows.
    let isTaller = place.hasSuffix("over")
    #expect(outcome.errors.contains("reach over the border") == isTaller, "\(outcome.errors)")
    #expect(isTaller || abs((found.unsplit?.map50_95 ?? 0) - 0.6964) < 0.0005, "\(place)")
  }

  @Test(
    SharedData.needs(
      "data/weights/yolox_nano.onnx", "data/weights/yolov5n.pt", "data/images/bus.jpg"))
  func `of boxes that lie outside their picture evaluate says what run says`() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("p"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("p/bus.jpg"), withDestinationPath: SharedData.path("data/images/bus.jpg"))
    // Fed with pixels of ten times their range, one of them.
    for (model, pixels, isSaid) in [
      ("yolox_nano.onnx", ["--std", "0.1,0.1,0.1"], true), ("yolov5n.pt", [], false),
    ] {
      let outcome = try Program.run(
        [
          "evaluate", folder.file("p"), "--model", SharedData.path("data/weights/" + model),
          "--bits", "8", "--json", "--quiet",
        ] + pixels)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("surest boxes lie outside the picture") == isSaid)
      #expect(outcome.output.contains("surest boxes lie outside the picture") == isSaid)
    }
  }

  @Test(SharedData.needs("field/12-coco-string-ids/string_ids/gt.json"))
  func `of COCO form with texts for ids score as in pycocotools`() throws {
    let place = SharedData.path("field/12-coco-string-ids")
    for form in ["base", "string_ids"] {
      let outcome = try Program.run([
        "score", "--truth", "\(place)/\(form)/gt.json", "--detections", "\(place)/\(form)/res.json",
        "--json",
      ])
      #expect(outcome.code == 0, "\(outcome.errors)")
      let found = try JSONDecoder().decode([String: Double].self, from: Data(outcome.output.utf8))
      #expect(abs((found["AP"] ?? 0) - 0.4191) < 5e-5 && abs((found["AP50"] ?? 0) - 0.6326) < 5e-5)
    }
    let outcome = try Program.run([
      "score", "--truth", "\(place)/nan_score/gt.json", "--detections",
      "\(place)/nan_score/res.json",
    ])
    #expect(outcome.code == 65)
    #expect(outcome.errors.contains("has NaN or Infinity where a number is expected"))
    #expect(!outcome.errors.contains("json.tool"))
  }
}
