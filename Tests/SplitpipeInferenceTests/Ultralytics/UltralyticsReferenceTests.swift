import SplitpipeCore
import SplitpipeInference
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

@Suite(
  OpenVINORuntime.needed,
  SharedData.needs(
    "\(UltralyticsReference.folder)/ultralytics_random.json",
    "\(UltralyticsReference.folder)/yolo26.pt"))
struct `Checkpoints of the ultralytics package against the official implementation` {
  private func model(_ name: String) throws -> Model {
    try loadModel(path: SharedData.path("\(UltralyticsReference.folder)/\(name).pt"))
  }

  private func run(_ graph: ModelGraph) throws -> [Tensor<Float>] {
    try OpenVINOEngine().compile(
      onnx: onnxBytes(of: graph), name: graph.name, precision: .f32, threads: 2
    ).run([.floats(UltralyticsReference.input)])
  }

  private static let size = PixelSize(width: 192, height: 128)

  @Test(arguments: ["yolov8", "yolo11", "yolo26", "yolov10", "yolov5u"])
  func `every layer has the official numbers`(name: String) throws {
    let expected = try UltralyticsReference.load(name)
    let graph = try model(name).graph(Self.size)
    let layers = expected.layers.keys.sorted { (Int($0) ?? 0) < (Int($1) ?? 0) }
    #expect(layers.count == (Int(layers.last ?? "") ?? 0) + 1)
    let tap = try Tap(graph, at: layers)
    #expect(tap.tensors.count == layers.count)
    for (layer, tensor) in zip(layers, try run(tap.graph)) {
      let reference = try #require(expected.layers[layer])
      #expect(tensor.shape.dimensions == reference.shape, "layer \(layer), \(reference.type)")
      let values = tensor.values.map(Double.init)
      let mean = values.reduce(0, +) / Double(values.count)
      let variance =
        values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
      let found = [values.min() ?? .nan, values.max() ?? .nan, mean, variance.squareRoot()]
      let wanted = [reference.min, reference.max, reference.mean, reference.std]
      for (found, wanted) in zip(found, wanted) {
        #expect(abs(found - wanted) < 2e-5, "layer \(layer), \(reference.type)")
      }
    }
  }

  @Test(arguments: ["yolov8", "yolo11", "yolov5u"])
  func `boxes and scores of all cells have the official numbers`(name: String) throws {
    let expected = try UltralyticsReference.load(name)
    let output = try run(try model(name).graph(Self.size))[0]
    #expect(output.shape.dimensions == expected.outputShape)
    let cells = output.shape[2]
    for (row, columns) in expected.outputFirst.enumerated() {
      let found = Array(output.values[row * cells..<row * cells + columns.count])
      #expect(largestDeviation(of: found, from: columns) < 2e-5, "row \(row)")
    }
    let sum = output.values.reduce(0.0) { $0 + Double($1) }
    #expect(abs(sum - expected.outputSum) < 1e-6 * expected.outputSum)
  }

  @Test(arguments: ["yolo26", "yolov10"])
  func `boxes that the network chooses have the official numbers`(name: String) throws {
    let expected = try #require(try UltralyticsReference.load(name).endToEnd)
    let output = try run(try model(name).graph(Self.size))[0]
    #expect(output.shape.dimensions == expected.shape)
    for (row, columns) in expected.first10.enumerated() {
      let found = Array(output.values[row * 6..<row * 6 + 6])
      #expect(largestDeviation(of: found, from: columns) < 2e-5, "row \(row)")
    }
  }

  @Test(arguments: ["yolov8", "yolo11", "yolo26", "yolov10", "yolov5u"], ["4", "9", "15"])
  func `a model cut in two gives what it gives whole`(name: String, split: String) throws {
    let graph = try model(name).graph(Self.size)
    let halves = try cut(graph, at: split)
    let crossing = try run(halves.head)
    let tail = try OpenVINOEngine().compile(
      onnx: onnxBytes(of: halves.tail), name: "tail", precision: .f32, threads: 2)
    let output = try tail.run(crossing.map { .floats($0) })[0]
    #expect(largestDeviation(of: output.values, from: try run(graph)[0].values) < 1e-4)
  }
}
