import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

@Suite struct `An exported split` {
  private let model = Model(
    name: "street.onnx", family: "ONNX", format: "ONNX opset 13", classNames: ["car"],
    geometry: InputGeometry(
      size: .fixed(PixelSize(width: 8, height: 8)), placement: .topLeft, channelOrder: .bgr,
      byteScale: 1),
    detector: .yolov5, licence: nil, contentHash: ContentHash([1]), graph: { _ in GraphSketch.c3 })

  @Test func `is two models that fit together, and what one must know of them`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("halves")
    let export = try SplitExport(model, split: "4.m", at: PixelSize(width: 8, height: 8))
    try export.write(to: path)
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    #expect(names == ["README.md", "head.onnx", "split.json", "tail.onnx"])

    func bytes(_ name: String) throws -> [UInt8] {
      try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }
    #expect(try bytes("head.onnx") == onnxBytes(of: export.cut.head))
    #expect(try bytes("tail.onnx") == onnxBytes(of: export.cut.tail))
    #expect(export.cut.head.outputs == ["4.m", "4.cv2"])
    #expect(export.cut.tail.inputs.map(\.name) == export.cut.head.outputs)

    let json = try #require(
      JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: "\(path)/split.json"))) as? [String: Any])
    let input = try #require(json["input"] as? [String: Any])
    #expect(input["channels"] as? String == "bgr")
    #expect(input["letterbox"] as? String == "corner")
    #expect(input["scale"] as? Double == 1)
    #expect(input["shape"] as? [Int] == [1, 3, 8, 8])
    let frontier = try #require(json["frontier"] as? [[String: Any]])
    #expect(frontier.map { $0["name"] as? String } == ["4.m", "4.cv2"])
    #expect(frontier.map { $0["shape"] as? [Int] } == [[1, 16, 8, 8], [1, 16, 8, 8]])
    #expect(json["classes"] as? [String] == ["car"])
    #expect(json["detector"] as? String == "yolov5")
    let readme = try String(contentsOfFile: "\(path)/README.md", encoding: .utf8)
    #expect(readme.contains("`4.m` 1×16×8×8, `4.cv2` 1×16×8×8"))
  }

  @Test func `is written again over itself, and not at all where the split is wrong`() throws {
    let folder = try TemporaryFolder()
    let size = PixelSize(width: 8, height: 8)
    for split in ["4.m", "3"] {
      try SplitExport(model, split: split, at: size).write(to: folder.file("halves"))
    }
    #expect(throws: SplitpipeError.self) { try SplitExport(model, split: "4.n", at: size) }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("halves"))
    #expect(names.count == 4)
  }
}
