import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

/// What hand-made checkpoints of the ultralytics package become.
struct UltralyticsCheckpointTests {
  private func read(_ checkpoint: TinyUltralytics) throws -> Model {
    try readCheckpoint(bytes: checkpoint.bytes, name: "tiny.pt")
  }

  private func graph(
    _ checkpoint: TinyUltralytics = TinyUltralytics(), _ width: Int = 64, _ height: Int = 32
  ) throws -> ModelGraph {
    try read(checkpoint).graph(PixelSize(width: width, height: height))
  }

  private func shapes(_ graph: ModelGraph) throws -> [String: [Int]] {
    try graph.inferringShapes().types.mapValues(\.shape.dimensions)
  }

  private func refusal(_ checkpoint: TinyUltralytics) throws -> String {
    let error = try #require(throws: SplitpipeError.self) { try read(checkpoint) }
    #expect(error.kind == .badData)
    #expect(error.message.hasPrefix("cannot read model \"tiny.pt\": "))
    return error.message
  }

  @Test func `classes, geometry and head come from the file`() throws {
    let model = try read(TinyUltralytics())
    #expect(model.classNames == ["cat", "dog", "bird"])
    #expect(model.detector == .yolov8)
    #expect(
      model.geometry
        == InputGeometry(
          size: .rectangular(longest: 640, stride: 32), placement: .centred, channelOrder: .rgb,
          byteScale: 1 / 255))
  }

  @Test func `every tensor has a shape that is known`() throws {
    let graph = try graph()
    let shapes = try shapes(graph)
    for node in graph.nodes {
      for output in node.outputs { #expect(shapes[output] != nil, "\(output)") }
    }
    for layer in 0..<7 { #expect(shapes["\(layer)"] == [1, 8, 4, 8], "\(layer)") }
    #expect(shapes["output"] == [1, 7, 32])
    #expect(graph.outputs == ["output"])
  }

  @Test(arguments: [1, 4])
  func `a head that chooses boxes itself gives corners, score and class`(bins: Int) throws {
    var checkpoint = TinyUltralytics()
    checkpoint.isEndToEnd = true
    checkpoint.bins = bins
    #expect(try read(checkpoint).detector == .endToEnd)
    // As many as there are cells, up to 300.
    #expect(try shapes(graph(checkpoint))["output"] == [1, 32, 6])
    let large = try graph(checkpoint, 640, 384)
    #expect(try shapes(large)["output"] == [1, 300, 6])
    #expect(large.weights.keys.contains { $0.hasPrefix("7.one2one_cv2.0.1") })
    // What the one-to-many branches would take is left out.
    #expect(!large.weights.keys.contains { $0.hasPrefix("7.cv2") })
  }

  @Test func `a head fused before it was saved has its one-to-one branches alone`() throws {
    let model = try read(TinyUltralytics.seed)
    #expect(model.detector == .endToEnd)
    let graph = try model.graph(PixelSize(width: 64, height: 32))
    #expect(try shapes(graph)["output"] == [1, 32, 6])
  }

  @Test func `a head told to do without its one-to-one branches gives a box for every cell`() throws
  {
    var checkpoint = TinyUltralytics()
    checkpoint.isEndToEnd = true
    checkpoint.headAttributes = [("_end2end", .boolean(false))]
    #expect(try read(checkpoint).detector == .yolov8)
    #expect(try shapes(graph(checkpoint))["output"] == [1, 7, 32])
  }

  @Test(
    arguments: [
      ("1", "1"), ("1.cv2", "1"), ("1.cv2.act", "1"), ("1.m.0", "1.m.0"), ("1.m.1", "1.m.1"),
      ("1.m.0.cv2", "1.m.0.cv2"), ("1.cv1", "1.cv1"), ("2.m.0", "2.m.0"), ("2.m.0.m", "2.m.0.m"),
      ("2.m.0.m.1", "2.m.0.m"), ("3", "3"), ("3.m", "3.m"), ("3.cv1.act", "3.cv1"),
      ("4.m", "4.m"), ("4.m.0", "4.m"), ("4.m.0.attn", "4.m.0.attn"),
      ("4.m.0.attn.proj", "4.m.0.attn"), ("4.m.0.ffn", "4.m.0.ffn"), ("5.attn", "5.attn"),
      ("6.m.0.cv1.1", "6.m.0.cv1"), ("6.m.0.cv1.1.conv1", "6.m.0.cv1.1.conv1"),
      ("7.cv3.0", "7.cv3.0"), ("7.cv3.0.1", "7.cv3.0"), ("7.dfl", "7.dfl"), ("7", "output"),
    ])
  func `a module's path leads to the tensor it ends in`(path: String, tensor: String) throws {
    let graph = try graph()
    #expect(graph.aliases[path] == tensor)
    #expect(graph.nodes.contains { $0.outputs.contains(tensor) })
  }

  @Test(arguments: [
    ("1.m", "\"1.m.0\", \"1.m.1\""), ("2.m", "\"2.m.0\""), ("7.cv2", "\"7.cv2.0\""),
  ])
  func `a list of modules is no split, and its members are named`(
    path: String, members: String
  ) throws {
    let graph = try graph()
    let error = try #require(throws: SplitpipeError.self) { try cut(graph, at: path) }
    #expect(error.kind == .usage)
    #expect(error.message.contains("cannot split at \"\(path)\""))
    #expect(error.message.contains(members), "\(error.message)")
  }

  @Test func `every split but those in the choice of boxes can be cut`() throws {
    var checkpoint = TinyUltralytics()
    checkpoint.isEndToEnd = true
    let graph = try graph(checkpoint)
    let names = Set(try usableSplits(graph).map(\.name))
    for layer in 0..<7 { #expect(names.contains("\(layer)")) }
    for name in ["1.m.0", "4.m.0.attn", "7.one2one_cv2.0"] { #expect(names.contains(name)) }
    #expect(!names.contains { $0.hasSuffix("places") })
  }

  @Test func `products of queries, keys and values count as multiply-accumulates`() throws {
    let shaped = try graph().inferringShapes()
    let products = zip(shaped.graph.nodes, shaped.macs).filter { node, _ in
      node.operation == "MatMul" && node.scope == "4.m.0.attn"
    }
    // Two heads over 4×8 pixels: keys of one number, values of two.
    #expect(products.map(\.1) == [2 * 32 * 32 * 1, 2 * 2 * 32 * 32])
  }

  @Test func `a RepVGGDW fused before it was saved has one convolution`() throws {
    var checkpoint = TinyUltralytics()
    checkpoint.layers = [
      { sketch in
        sketch.module(
          "block", "RepVGGDW",
          children: [
            ("conv", sketch.convolution(8, 8, 7, groups: 8, hasBias: true)),
            ("act", TinyCheckpoint.module("torch.nn.modules.activation", "SiLU")),
          ])
      }, { $0.down(8, stride: 1) },
    ]
    let graph = try graph(checkpoint)
    #expect(
      graph.nodes.filter { $0.scope == "1" || $0.scope.hasPrefix("1.") }.map(\.operation)
        == ["Conv", "Sigmoid", "Mul"])
    #expect(graph.aliases["1.act"] == "1")
    #expect(graph.aliases["2.cv2"] == "2")
  }

  @Test(arguments: [
    (Pickled.dictionary([(.text("imgsz"), .integer(320))]), 320),
    (.dictionary([(.text("imgsz"), .list([.integer(384), .integer(1280)]))]), 1280),
    (.dictionary([(.text("imgsz"), .none)]), 640), (.dictionary([]), 640), (.none, 640),
    (
      .object(
        "ultralytics.utils", "IterableSimpleNamespace", [("imgsz", .integer(512))]), 512
    ),
  ])
  func `the longest side is that of the training`(settings: Pickled, side: Int) throws {
    var checkpoint = TinyUltralytics()
    checkpoint.entries = [("train_args", settings)]
    #expect(
      try read(checkpoint).geometry.size == .rectangular(longest: side, stride: 32))
  }

  @Test(arguments: [Pickled.integer(0), .integer(1 << 40), .text("640"), .list([.integer(-1)])])
  func `an imgsz that is no size is refused`(imgsz: Pickled) throws {
    var checkpoint = TinyUltralytics()
    checkpoint.entries = [("train_args", .dictionary([(.text("imgsz"), imgsz)]))]
    #expect(try refusal(checkpoint).contains("imgsz"))
  }

  @Test(arguments: [
    ("Segment", "a segmentation checkpoint"), ("Segment26", "a segmentation checkpoint"),
    ("Pose", "a pose checkpoint"), ("OBB", "an oriented-box checkpoint"),
    ("Classify", "a classification checkpoint"), ("RTDETRDecoder", "an RT-DETR checkpoint"),
    ("WorldDetect", "an open-vocabulary checkpoint"), ("Foo", "expected Detect or v10Detect"),
  ])
  func `networks for other tasks are refused by what they are`(head: String, text: String) throws {
    var checkpoint = TinyUltralytics()
    checkpoint.headClass = head
    #expect(try refusal(checkpoint).contains(text))
  }

  @Test func `an unknown module is named with its path and class`() throws {
    var checkpoint = TinyUltralytics()
    checkpoint.layers = [
      { sketch in sketch.c2f("C2f", [sketch.module("block", "ABlock")], from: 8) }
    ]
    #expect(
      try refusal(checkpoint).contains(
        "module 1.m.0 (ultralytics.nn.modules.block.ABlock) is a module splitpipe does not know"))
  }

  @Test(arguments: [
    ("nc", Pickled.integer(0)), ("reg_max", .integer(16)),
    ("reg_max", .integer(0)), ("reg_max", .text("4")), ("max_det", .integer(0)),
    ("stride", .none), ("f", .list([])), ("f", .list([.integer(0), .integer(1)])),
  ])
  func `a head whose parts do not go together is refused`(name: String, value: Pickled) throws {
    var checkpoint = TinyUltralytics()
    checkpoint.isEndToEnd = true
    // Of equal names the last counts.
    checkpoint.headAttributes = [(name, value)]
    #expect(try refusal(checkpoint).contains("module 7"))
  }

  @Test(arguments: [
    ("num_heads", Pickled.integer(3)), ("num_heads", .integer(0)), ("key_dim", .integer(-1)),
    ("head_dim", .integer(1 << 40)), ("scale", .real(.nan)), ("scale", .none),
  ])
  func `attention whose numbers do not go together is refused`(
    name: String, value: Pickled
  ) throws {
    var checkpoint = TinyUltralytics()
    checkpoint.layers = [
      { sketch in
        guard case .object(let path, let kind, let attributes) = sketch.attention(8) else {
          return .none
        }
        return .object(path, kind, attributes + [(name, value)])
      }
    ]
    #expect(try refusal(checkpoint).contains("module 1"))
  }

  @Test(arguments: [
    ("Detect", 1, true, "C3k2", "YOLO26n"), ("Detect", 4, false, "C3k2", "YOLO11n"),
    ("v10Detect", 4, true, "C2f", "YOLOv10n"), ("Detect", 4, false, "C2f", "YOLOv8n"),
  ])
  func `the family is told by the modules and the size by the configuration`(
    head: String, bins: Int, isEndToEnd: Bool, block: String, name: String
  ) throws {
    var checkpoint = TinyUltralytics()
    checkpoint.headClass = head
    checkpoint.bins = bins
    checkpoint.isEndToEnd = isEndToEnd
    checkpoint.layers = [{ $0.c2f(block, [$0.bottleneck(4)], from: 8) }]
    #expect(try read(checkpoint).family == name)
    checkpoint.configuration = [("scale", .text("not a letter"))]
    #expect(try read(checkpoint).family == String(name.dropLast()))
  }

  @Test(arguments: [1, 2, 4, 8])
  func `damage in the pickle behind a right checksum does no harm`(changes: Int) throws {
    var checkpoint = TinyUltralytics()
    checkpoint.isEndToEnd = changes.isMultiple(of: 4)
    let members = checkpoint.members
    var generator = SeededGenerator(seed: 31)
    for round in 0..<60 {
      var damaged = members
      for _ in 0..<changes {
        let position = Int.random(in: 0..<damaged[0].bytes.count, using: &generator)
        damaged[0].bytes[position] = UInt8.random(in: 0...255, using: &generator)
      }
      do {
        _ = try readCheckpoint(bytes: ZIPWriter().archive(damaged), name: "damaged.pt")
      } catch let error as SplitpipeError {
        #expect(error.kind == .badData, "seed 31, \(changes) changes, round \(round)")
      }
    }
  }
}
