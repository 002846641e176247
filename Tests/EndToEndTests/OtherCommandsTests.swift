import Foundation
import SplitpipeTestSupport
import Testing

@Suite struct `The program` {
  @Test(arguments: [
    ["--help"], ["run", "--help"], ["splits", "--help"], ["score", "--help"],
    ["models", "--help"], ["models", "list", "--help"], ["models", "fetch", "--help"],
    ["models", "inspect", "--help"], ["tensor", "--help"], ["tensor", "encode", "--help"],
    ["tensor", "decode", "--help"], ["tensor", "info", "--help"], ["bench", "pipeline", "--help"],
    ["bench", "codec", "--help"], ["evaluate", "--help"], ["correlate", "--help"],
  ])
  func `shows a worked example in every help`(arguments: [String]) throws {
    let outcome = try Program.run(arguments)
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("EXAMPLE"))
    #expect(outcome.output.contains("splitpipe "))
  }

  @Test func `has a version and shell completions`() throws {
    #expect(try Program.run(["--version"]).output == "0.1.0\n")
    #expect(try Program.run(["--generate-completion-script", "bash"]).output.contains("splitpipe"))
  }

  @Test func `refuses an unknown flag with 64`() throws {
    let outcome = try Program.run(["run", "x.mp4", "--splti", "4.m"])
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains("--splti"))
  }

  @Test(SharedData.needs("reference/cocoeval_case.json", "data/coco128/instances.json"))
  func `scores a results file as COCOeval does`() throws {
    struct Case: Decodable {
      let image_ids: [Int]
      let stats: [String: Double]
    }
    let path = SharedData.path("reference/cocoeval_case.json")
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let reference = try JSONDecoder().decode(Case.self, from: data)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let folder = try TemporaryFolder()
    let detections = try JSONSerialization.data(
      withJSONObject: try #require(object["detections"]))
    let results = try folder.write("results.json", [UInt8](detections))
    let outcome = try Program.run([
      "score", "--truth", SharedData.path("data/coco128/instances.json"),
      "--detections", results, "--json",
      "--images", reference.image_ids.map(String.init).joined(separator: ","),
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let scores = try JSONDecoder().decode([String: Double].self, from: Data(outcome.output.utf8))
    #expect(scores.keys.sorted() == reference.stats.keys.sorted())
    for (name, value) in reference.stats {
      #expect(abs((scores[name] ?? .nan) - value) <= 1e-9, "\(name)")
    }
  }

  @Test(SharedData.needs("data/weights/yolov5n.pt"))
  func `lists splits with what crosses`() throws {
    struct Splits: Decodable {
      struct Split: Decodable {
        struct Tensor: Decodable { let name: String }
        let name: String
        let frontier: [Tensor]
        let rawBytes: Int
        let headMACs: Int
        let tailMACs: Int
      }
      let splits: [Split]
    }
    let outcome = try Program.run(["splits", SharedData.path("data/weights/yolov5n.pt"), "--json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let splits = try JSONDecoder().decode(Splits.self, from: Data(outcome.output.utf8)).splits
    let m = try #require(splits.first { $0.name == "4.m" })
    #expect(m.frontier.map(\.name) == ["4.m", "4.cv2"])
    #expect(m.rawBytes == 2 * 32 * 80 * 80 * 4)
    #expect(Set(splits.map { $0.headMACs + $0.tailMACs }).count == 1)
    let four = try #require(splits.first { $0.name == "4" })
    #expect(four.frontier.map(\.name) == ["4"])
  }

  @Test(SharedData.needs("data/weights/yolov5n.pt", "data/weights/yolox_nano.onnx"))
  func `says which detection head a model has`() throws {
    let yolov5 = try Program.run(["models", "inspect", SharedData.path("data/weights/yolov5n.pt")])
    #expect(yolov5.output.contains("YOLOv5: 1×N×(5+classes)"))
    #expect(yolov5.output.contains("80: person, bicycle"))
    let yolox = try Program.run([
      "models", "inspect", SharedData.path("data/weights/yolox_nano.onnx"),
    ])
    #expect(yolox.output.contains("YOLOX: 1×N×(5+classes)"))
  }
}
