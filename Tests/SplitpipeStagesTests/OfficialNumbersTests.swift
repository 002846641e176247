import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeInference
import SplitpipeMedia
import SplitpipeModel
import SplitpipeTestSupport
import Testing

private let weights = "data/weights/yolov5n.pt"

@Suite(
  OpenVINORuntime.needed,
  SharedData.needs(weights, ReferenceNumbers.path, "reference/inputs", "data/images"))
struct `YOLOv5n against the official implementation` {
  static let imageNames = [
    "bus.jpg", "zidane.jpg", "000000000009.jpg", "000000000025.jpg", "000000000030.jpg",
  ]

  @Test(arguments: imageNames)
  func `every tensor, box and rle size from the letterboxed array`(name: String) throws {
    let expected = try #require(try ReferenceNumbers.load().images[name])
    let stem = name.dropLast(4)
    let input = try NumPyArray(path: SharedData.path("reference/inputs/\(stem).npy")).planes
    #expect(input.shape.dimensions == expected.input_shape)
    let size = PixelSize(width: input.shape[3], height: input.shape[2])

    let model = try loadModel(path: SharedData.path(weights))
    var graph = try model.graph(size)
    let output = try #require(graph.outputs.first)
    let modules = expected.tensors.keys.sorted()
    graph.outputs = [output] + modules.map { graph.aliases[$0] ?? $0 }
    let segment = try OpenVINOEngine().compile(
      onnx: onnxBytes(of: prependingByteInput(graph, scale: model.geometry.byteScale)),
      name: name, precision: .f32, threads: nil)
    let results = try segment.run([.bytes(input)])

    for (module, tensor) in zip(modules, results.dropFirst()) {
      let reference = try #require(expected.tensors[module])
      #expect(tensor.shape.dimensions == reference.shape, "\(module)")
      try checkStatistics(of: tensor, against: reference, module)
      for (bits, bytes) in reference.runLengthBytes {
        let depth = try #require(BitDepth(bits))
        let codes = try Quantizer(bits: depth).quantize(NamedTensor(name: module, tensor: tensor))
        let size = RunLengthCoder().encode(codes).count
        #expect(
          abs(Double(size - bytes)) <= 0.0005 * Double(bytes),
          "\(module) at \(bits) bits: \(size) bytes, reference \(bytes)")
      }
    }

    let original = try originalSize(of: name)
    let letterbox = Letterbox(frame: original, geometry: model.geometry)
    #expect(letterbox.input == size)
    let detections = try Detector(kind: .yolov5, classCount: model.classNames.count)
      .detect(results[0], letterbox: letterbox)
    #expect(detections.count == expected.detections.count)
    for found in expected.detections {
      #expect(
        detections.contains {
          matches($0, found, overlap: 0.99) && abs($0.confidence - found.confidence) <= 0.002
        }, "\(found)")
    }
  }

  @Test(arguments: imageNames)
  func `every clear box from the image file`(name: String) throws {
    let expected = try #require(try ReferenceNumbers.load().images[name])
    let model = try loadModel(path: SharedData.path(weights))
    let source = try openFrameSource(imagePath(name), settings: SourceSettings())
    let frame = try #require(try source.next())
    let prepared = try Letterboxer(geometry: model.geometry).prepare(frame)
    let graph = try model.graph(prepared.letterbox.input)
    let segment = try OpenVINOEngine().compile(
      onnx: onnxBytes(of: prependingByteInput(graph, scale: model.geometry.byteScale)),
      name: name, precision: .f32, threads: nil)
    let output = try segment.run([.bytes(prepared.tensor)])
    let detections = try Detector(kind: .yolov5, classCount: model.classNames.count)
      .detect(output[0], letterbox: prepared.letterbox)
    for found in expected.detections where found.confidence >= 0.4 {
      let best = detections.filter { matches($0, found, overlap: 0.9) }
        .min { abs($0.confidence - found.confidence) < abs($1.confidence - found.confidence) }
      #expect(best != nil, "\(found) is not among \(detections)")
      if let best { #expect(abs(best.confidence - found.confidence) <= 0.05, "\(found) \(best)") }
    }
  }

  private func checkStatistics(
    of tensor: Tensor<Float>, against reference: ReferenceNumbers.Statistics, _ module: String
  ) throws {
    let values = tensor.values.map(Double.init)
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let measured = [values.min() ?? 0, values.max() ?? 0, mean, variance.squareRoot()]
    let wanted = [reference.min, reference.max, reference.mean, reference.std]
    for (value, wanted) in zip(measured, wanted) {
      #expect(abs(value - wanted) <= 1e-4 * abs(wanted), "\(module): \(measured), \(wanted)")
    }
  }

  private func matches(
    _ detection: Detection, _ found: ReferenceNumbers.Found, overlap: Float
  ) -> Bool {
    let box = Box(x1: found.box[0], y1: found.box[1], x2: found.box[2], y2: found.box[3])
    let shared = Box(
      x1: max(box.x1, detection.box.x1), y1: max(box.y1, detection.box.y1),
      x2: min(box.x2, detection.box.x2), y2: min(box.y2, detection.box.y2))
    let union = box.area + detection.box.area - shared.area
    return detection.classIndex == found.class && shared.area / union >= overlap
  }

  private func imagePath(_ name: String) -> String {
    SharedData.path(name.hasPrefix("0") ? "data/coco128/images/\(name)" : "data/images/\(name)")
  }

  private func originalSize(of name: String) throws -> PixelSize {
    try openFrameSource(imagePath(name), settings: SourceSettings()).information.size
  }
}
