import SplitpipeCore

extension IRDescription {
  /// The layers as operators of ONNX, as far as it takes to tell one kind of head from another; not to
  /// be run.
  ///
  /// - Parameters:
  ///   - weights: what constants hold.
  ///   - results: the tensors that the network gives.
  /// - Returns: with the shapes that the description states.
  /// - Throws: `badData` where layers depend on each other in a circle, or on nothing.
  func sketch(weights: [UInt8], results: [String]) throws(SplitpipeError) -> ShapedGraph {
    let sourceTypes: Set = ["Const", "Parameter", "Result"]
    var constants: [Place: Layer] = [:]
    var types: [String: TensorType] = [:]
    var graph = ModelGraph(
      name: "IR", opset: 17, nodes: [], inputs: [], outputs: results, weights: [:])
    for layer in layers {
      for port in layer.outputs {
        let place = Place(layer: layer.id, port: port.id)
        if let shape = port.shape {
          types[Self.tensor(place)] = TensorType(shape: shape, elementType: .float32)
        }
        if layer.type == "Const" { constants[place] = layer }
        if sourceTypes.contains(layer.type) {
          graph.inputs.append(
            GraphInput(name: Self.tensor(place), elementType: .float32, dimensions: []))
        }
      }
    }
    for layer in layers where !sourceTypes.contains(layer.type) {
      let sources = layer.inputs.map { self.sources[Place(layer: layer.id, port: $0.id)] }
      var node = Node(
        name: "\(layer.id)", operation: Self.operations[layer.type] ?? layer.type,
        inputs: sources.map { $0.map(Self.tensor) ?? "" },
        outputs: layer.outputs.map { Self.tensor(Place(layer: layer.id, port: $0.id)) })
      switch layer.type {
      case "Concat":
        node.attributes["axis"] = layer.data["axis"].flatMap(Int64.init).map(Attribute.int)
      case "Transpose":
        let order = sources.dropFirst().first.flatMap { $0 }.flatMap { constants[$0] }
        node.attributes["perm"] = order.flatMap { Self.integers($0, weights) }.map(Attribute.ints)
      default: break
      }
      graph.nodes.append(node)
    }
    return ShapedGraph(
      graph: try graph.sortedTopologically(), types: types,
      macs: [Int](repeating: 0, count: graph.nodes.count), values: [:])
  }

  /// What a tensor is called in the sketch.
  static func tensor(_ place: Place) -> String { "\(place.layer):\(place.port)" }

  /// Layers that do what operators of ONNX do under another name.
  private static let operations = [
    "Convert": "Cast", "Convolution": "Conv", "FakeQuantize": "QuantizeLinear",
    "GroupConvolution": "Conv", "Multiply": "Mul", "SoftMax": "Softmax", "StridedSlice": "Slice",
    "VariadicSplit": "Split",
  ]

  /// The few numbers of a constant; nil where it is none of whole numbers.
  private static func integers(_ constant: Layer, _ weights: [UInt8]) -> [Int64]? {
    guard let offset = constant.data["offset"].flatMap(Int.init),
      let size = constant.data["size"].flatMap(Int.init), offset >= 0, size >= 0,
      size <= 8 * ModelLimits.rank, offset <= weights.count - size
    else { return nil }
    let bytes = weights[offset..<offset + size]
    switch constant.data["element_type"] {
    case "i64": return numbers(bytes, of: Int64.self)
    case "i32": return numbers(bytes, of: Int32.self)
    default: return nil
    }
  }

  private static func numbers<Number: FixedWidthInteger>(
    _ bytes: ArraySlice<UInt8>, of type: Number.Type
  ) -> [Int64] {
    let width = Number.bitWidth / 8
    return stride(from: bytes.startIndex, through: bytes.endIndex - width, by: width).map { start in
      Int64(
        bytes[start..<start + width].reversed().reduce(0 as Number) { $0 << 8 | Number($1) })
    }
  }
}
