import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

@Suite struct RealModelTests {
  @Test(
    SharedData.needs("data/weights/yolov5n.pt"),
    arguments: [
      ("4.m", ["4.m", "4.cv2"]), ("1", ["1"]), ("4", ["4"]), ("6", ["4", "6"]),
      ("9", ["4", "6", "9"]), ("17", ["10", "14", "17"]),
    ])
  func `splits of YOLOv5n send what the network's plan says`(
    split: String, expected: [String]
  ) throws {
    let model = try loadModel(path: SharedData.path("data/weights/yolov5n.pt"))
    let graph = try model.graph(PixelSize(width: 640, height: 384))
    let halves = try cut(graph, at: split)
    #expect(halves.frontier.map(\.label) == expected)
    let types = try graph.inferringShapes().types
    #expect(types[graph.outputs[0]]?.shape == Shape([1, 15120, 85]))
    let inTail = try halves.tail.inferringShapes().types[halves.tail.outputs[0]]
    #expect(inTail?.shape == Shape([1, 15120, 85]))
  }

  @Test(SharedData.needs("data/weights/yolox_nano.onnx"))
  func `YOLOX-nano is recognised and every split of it is cut`() throws {
    let model = try loadModel(path: SharedData.path("data/weights/yolox_nano.onnx"))
    #expect(model.detector == .yolox)
    #expect(model.family == "YOLOX")
    #expect(model.format == "ONNX opset 12")
    #expect(model.classNames.count == 80)
    #expect(
      model.geometry
        == InputGeometry(
          size: .fixed(PixelSize(width: 640, height: 640)), placement: .topLeft,
          channelOrder: .bgr, byteScale: 1))
    let graph = try model.graph(PixelSize(width: 640, height: 640))
    let shaped = try graph.inferringShapes()
    #expect(shaped.types["output"]?.shape == Shape([1, 8400, 85]))
    #expect(graph.nodes.flatMap(\.outputs).allSatisfy { shaped.types[$0] != nil })
    // The authors state 1.08 GFLOPs at 416×416, two for each multiply-accumulate.
    let stated = 1.08e9 / 2 * (640.0 * 640) / (416 * 416)
    #expect(abs(Double(shaped.macs.reduce(0, +)) / stated - 1) < 0.05)
    // This export leaves scores as logits; four more tensors belong to the sigmoid added to them.
    #expect(try usableSplits(graph).count == 366)
    let error = #expect(throws: SplitpipeError.self) {
      try model.graph(PixelSize(width: 640, height: 384))
    }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("1×3×640×640") == true)
  }

  @Test(
    SharedData.needs("data/weights/efficientnet_lite0.onnx"),
    arguments: [
      ("_blocks.4", ["_blocks.4"]),
      ("/_blocks.4/_project_conv/Conv", ["_blocks.3", "_blocks.4._project_conv"]),
      ("_blocks.12", ["_blocks.12"]), ("_avg_pooling", ["_avg_pooling"]),
    ])
  func `EfficientNet-Lite0 splits by module and by node name`(
    split: String, expected: [String]
  ) throws {
    let model = try loadModel(path: SharedData.path("data/weights/efficientnet_lite0.onnx"))
    #expect(model.detector == nil)
    let graph = try model.graph(PixelSize(width: 224, height: 224))
    #expect(try cut(graph, at: split).frontier.map(\.label) == expected)
    #expect(try graph.inferringShapes().types["logits"]?.shape == Shape([1, 1000]))
  }
}
