import SplitpipeCore
import SplitpipeFiles
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

/// What the official YOLOv5n v7.0 checkpoint holds, and how its graph names things.
@Suite(SharedData.needs("data/weights/yolov5n.pt"))
struct YOLOv5CheckpointTests {
  private static let model = Result {
    try loadModel(path: SharedData.path("data/weights/yolov5n.pt"))
  }

  private func graph(_ width: Int = 640, _ height: Int = 384) throws -> ModelGraph {
    try Self.model.get().graph(PixelSize(width: width, height: height))
  }

  @Test func `classes, geometry and family come from the file`() throws {
    let model = try Self.model.get()
    #expect(model.family == "YOLOv5n")
    #expect(model.format == ".pt")
    #expect(model.classNames.count == 80)
    #expect(model.classNames[2] == "car")
    #expect(model.classNames.last == "toothbrush")
    #expect(
      model.geometry
        == InputGeometry(
          size: .rectangular(longest: 640, stride: 32), placement: .centred, channelOrder: .rgb,
          byteScale: 1 / 255))
    #expect(model.detector == .yolov5)
    #expect(model.licence == nil)
  }

  @Test func `the folded network has the published 1 867 405 parameters in 60 convolutions`() throws
  {
    let graph = try graph()
    #expect(graph.nodes.count { $0.operation == "Conv" } == 60)
    let parameters = graph.weights
      .filter { $0.key.hasSuffix(".weight") || $0.key.hasSuffix(".bias") }
      .reduce(0) { $0 + $1.value.shape.count }
    #expect(parameters == 1_867_405)
  }

  @Test func `anchors and strides are those of the configuration`() throws {
    let graph = try graph()
    let anchors = (0..<3).map { level in floats(graph.weights["24.\(level).anchors"]) }
    #expect(
      anchors == [
        [10, 13, 16, 30, 33, 23], [30, 61, 62, 45, 59, 119], [116, 90, 156, 198, 373, 326],
      ])
    #expect((0..<3).map { floats(graph.weights["24.\($0).stride"]) } == [[8], [16], [32]])
  }

  @Test func `every tensor is made once and before it is used`() throws {
    let graph = try graph()
    var known = Set(graph.inputs.map(\.name)).union(graph.weights.keys).union([""])
    for node in graph.nodes {
      #expect(known.isSuperset(of: node.inputs), "\(node.name)")
      for output in node.outputs { #expect(known.insert(output).inserted, "\(output)") }
    }
    #expect(graph.outputs == ["output"])
    #expect(Set(graph.nodes.map(\.name)).count == graph.nodes.count)
  }

  @Test(
    arguments: [
      ("4", "4"), ("4.m", "4.m"), ("4.m.1", "4.m"), ("4.m.0", "4.m.0"), ("4.cv2", "4.cv2"),
      ("4.cv2.act", "4.cv2"), ("4.cv3", "4"), ("4.cv3.act", "4"), ("2.cv1.conv", "2.cv1.conv"),
      ("2.cv1.bn", "2.cv1.conv"), ("4.m.0.cv1", "4.m.0.cv1"), ("9", "9"), ("9.m", "9.m"),
      ("11", "11"), ("12", "12"), ("23", "23"), ("24.m.2", "24.m.2"), ("24", "output"),
    ])
  func `a module's path leads to the tensor it ends in`(path: String, tensor: String) throws {
    let graph = try graph()
    #expect(graph.aliases[path] == tensor)
    #expect(graph.nodes.contains { $0.outputs.contains(tensor) })
  }

  @Test(
    arguments: [
      ("4.m.0.cv1.conv/Conv", "4.m.0.cv1.conv"), ("4.m.0.cv1.act/Mul", "4.m.0.cv1.act"),
      ("4.m.0/Add", "4.m.0"), ("4/Concat", "4"), ("24.m.0/Conv", "24.m.0"),
      ("24/Sigmoid.0", "24"),
    ])
  func `nodes carry the module they belong to`(name: String, scope: String) throws {
    #expect(try graph().nodes.first { $0.name == name }?.scope == scope)
  }

  @Test(arguments: [(640, 384), (640, 640), (32, 32), (1280, 736), (96, 4096)])
  func `any size in multiples of 32 has a graph with as many boxes as cells`(
    width: Int, height: Int
  ) throws {
    let graph = try graph(width, height)
    #expect(graph.inputs.first?.dimensions == [1, 3, height, width])
    for (level, stride) in [8, 16, 32].enumerated() {
      let boxes = 3 * (width / stride) * (height / stride)
      #expect(
        graph.weights["24.\(level).flat"] == Weight(integers: [1, boxes, 85]), "level \(level)")
    }
  }

  @Test(arguments: [(640, 360), (0, 32), (-32, 32), (16384, 32), (Int.max, 32)])
  func `other sizes are refused as wrong usage`(width: Int, height: Int) throws {
    let error = #expect(throws: SplitpipeError.self) { try graph(width, height) }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("multiples of 32") == true)
  }

  @Test func `a file cut short anywhere is refused`() throws {
    let bytes = try readFile(
      SharedData.path("data/weights/yolov5n.pt"), limit: 1 << 30)
    for length in [1, 4, 30, 100, 82_962, 1_000_000, bytes.count - 22, bytes.count - 1] {
      let error = #expect(throws: SplitpipeError.self) {
        try readCheckpoint(bytes: Array(bytes[..<length]), name: "cut.pt")
      }
      #expect(error?.kind == .badData, "\(length) bytes")
      #expect(error?.message.hasPrefix("cannot read model \"cut.pt\": ") == true)
    }
  }

  @Test func `one damaged byte anywhere is found or does no harm`() throws {
    var bytes = try readFile(
      SharedData.path("data/weights/yolov5n.pt"), limit: 1 << 30)
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<24 {
      let position = Int.random(in: 0..<bytes.count, using: &generator)
      let change = UInt8.random(in: 1...255, using: &generator)
      bytes[position] ^= change
      do {
        let model = try readCheckpoint(bytes: bytes, name: "damaged.pt")
        #expect(model.classNames.count == 80, "seed 5, byte \(position)")
      } catch let error as SplitpipeError {
        #expect(error.kind == .badData, "seed 5, byte \(position)")
      }
      bytes[position] ^= change
    }
  }
}

func floats(_ weight: Weight?) -> [Float] {
  guard let weight, weight.elementType == .float32 else { return [] }
  return stride(from: 0, to: weight.bytes.count, by: 4).map { start in
    Float(
      bitPattern: (0..<4).reduce(0) { $0 | UInt32(weight.bytes[start + $1]) << (8 * UInt32($1)) })
  }
}
