import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

@Suite struct DefaultSplitTests {
  private let size = PixelSize(width: 8, height: 8)

  private func model(_ graph: ModelGraph) -> Model {
    Model(
      name: "my model.onnx", family: "", format: "", classNames: [],
      geometry: InputGeometry(
        size: .fixed(size), placement: .centred, channelOrder: .rgb, byteScale: 1),
      detector: nil, licence: nil, contentHash: ContentHash([]), graph: { _ in graph })
  }

  @Test func `is 4.m where the model has it, and nothing is said of it`() throws {
    #expect(
      try defaultSplit(of: model(GraphSketch.c3), at: size) == DefaultSplit(named: "4.m"))
  }

  @Test func `is else the cheapest split of the first third, and is said`() throws {
    var sketch = GraphSketch()
    sketch.convolve("images", from: 3, to: 8, path: "0")
    sketch.convolve("0", from: 8, to: 2, path: "1")
    sketch.convolve("1", from: 2, to: 16, path: "2")
    sketch.convolve("2", from: 16, to: 16, path: "3")
    // Cheaper still, but after most of the operations.
    sketch.convolve("3", from: 16, to: 1, path: "4")
    sketch.convolve("4", from: 1, to: 8, path: "5")
    sketch.graph.outputs = ["5"]
    sketch.graph.aliases = sketch.graph.moduleOutputs { _ in true }
    let split = try defaultSplit(of: model(sketch.graph), at: size)
    #expect(split.name == "1")
    #expect(
      split.note
        == "split 1: the model has no 4.m, and of the splits in the first third of its operations "
        + "this one sends the fewest bytes; choose with --split (splitpipe splits 'my model.onnx' "
        + "lists all)")
  }

  @Test func `is the earliest with work in its head where the first layer is most of the model`()
    throws
  {
    var sketch = GraphSketch()
    sketch.add("Relu", ["images"], ["idle"])
    sketch.convolve("idle", from: 3, to: 8, path: "0")
    sketch.convolve("0", from: 8, to: 1, path: "1")
    sketch.graph.outputs = ["1"]
    sketch.graph.aliases = sketch.graph.moduleOutputs { _ in true }
    let split = try defaultSplit(of: model(sketch.graph), at: size)
    #expect(split.name == "0")
    #expect(split.note?.contains("none of its splits lies in the first third") == true)
  }

  @Test func `does not exist where nothing can be sent, with the reason`() throws {
    var sketch = GraphSketch()
    sketch.add("ArgMax", ["images"], ["best"], ["axis": .int(1)])
    sketch.add("Neg", ["best"], ["end"])
    sketch.graph.outputs = ["end"]
    let error = #expect(throws: SplitpipeError.self) {
      try defaultSplit(of: model(sketch.graph), at: size)
    }
    #expect(error?.kind == .badData)
    #expect(
      error?.message
        == "the model \"my model.onnx\" has no usable split: cannot split at \"best\": tensor "
        + "\"best\" would cross, which is int64; only float32 and float16 tensors can be sent")
    sketch.graph.nodes.removeLast()
    sketch.graph.outputs = ["best"]
    #expect(
      try reasonAgainstSplits(of: sketch.graph)
        == "no operator reads what another makes of the picture")
  }

  @Test(
    SharedData.needs("field/06-default-split/opraz-best_int8.onnx", "data/weights/yolox_nano.onnx"),
    arguments: [
      "field/06-default-split/opraz-best_int8.onnx", "data/weights/yolox_nano.onnx",
      "data/weights/efficientnet_lite0.onnx",
    ])
  func `is found in models that have no 4.m`(path: String) throws {
    let model = try loadModel(path: SharedData.path(path))
    let size = model.geometry.largestInput
    let split = try defaultSplit(of: model, at: size)
    let cut = try cut(model.graph(size), at: split.name)
    #expect(3 * cut.headMACs <= cut.headMACs + cut.tailMACs && cut.headMACs > 0)
    #expect(split.note?.contains("splitpipe splits") == true)
  }
}
