import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

@Suite struct `A model that splitpipe writes` {
  private let size = PixelSize(width: 64, height: 32)

  private func model(_ geometry: InputGeometry, names: [String]) -> Model {
    Model(
      name: "m", family: "YOLOv5n", format: "test", classNames: names, geometry: geometry,
      detector: .yolov5, licence: "MIT", contentHash: ContentHash([])
    ) { _ in .picture(PixelSize(width: 64, height: 32)) }
  }

  @Test func `is fed as it was, and calls its classes what they were called`() throws {
    let names = ["it's", "back\\slash", "traffic light"]
    let geometry = InputGeometry(
      size: .fixed(size), placement: .topLeft, channelOrder: .bgr, byteScale: 1 / 255,
      normalization: PixelNormalization(
        mean: SIMD3(0.1, 0.2, 0.3), deviation: SIMD3(0.5, 0.25, 0.125)))
    let bytes = try model(geometry, names: names).onnxBytes(with: .picture(size), size: size)
    let read = try readONNX(bytes: bytes, name: "m.onnx")
    #expect(read.geometry == geometry)
    #expect(read.classNames == names)
    #expect(read.licence == "MIT" && read.family == "YOLOv5n")
  }

  @Test(arguments: [
    "", "channels=rgb", "channels=red scale=1 letterbox=centre",
    "channels=rgb scale=nan letterbox=centre", "channels=rgb scale=1 letterbox=nowhere",
  ])
  func `with a damaged note is refused`(note: String) throws {
    let bytes = try onnxBytes(of: .picture(size), notes: ["splitpipe.input": note])
    let error = #expect(throws: SplitpipeError.self) { try readONNX(bytes: bytes, name: "m.onnx") }
    #expect(error?.kind == .badData)
    #expect(error?.message.contains("splitpipe.input") == true, "\(error?.message ?? "")")
  }

  @Test func `holds weights in half precision where that loses nothing`() {
    let shape = Shape([1, 3, 32, 64])
    func graph(_ value: Float) -> ModelGraph {
      var graph = ModelGraph.picture(size)
      graph.nodes = [
        Node(name: "sum", operation: "Add", inputs: ["picture", "w"], outputs: ["values"])
      ]
      graph.weights["w"] = Weight(
        floats: [Float](repeating: value, count: shape.count), shape: shape)
      return graph
    }
    for (value, isHalf) in [(Float(0.5), true), (0.1, false)] {
      let stored = graph(value).storingHalves()
      #expect(stored.weights.values.contains { $0.elementType == .float16 } == isHalf)
      let folded = stored.foldingHalves()
      #expect(folded == graph(value))
    }
  }
}
