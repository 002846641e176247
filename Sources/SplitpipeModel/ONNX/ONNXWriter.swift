import FoundationEssentials
import SplitpipeCore
import SwiftProtobuf

/// The bytes of an ONNX file that holds a graph, its weights inside.
///
/// Shapes of inputs are written as they are (open ones as open), those of outputs where they can be
/// inferred. Module paths and aliases are not kept.
///
/// - Precondition: the nodes are sorted.
/// - Parameters:
///   - graph: the network.
///   - notes: the file's metadata.
/// - Returns: the file.
/// - Throws: `badData` if the file would be larger than protobuf allows, or shapes contradict.
package func onnxBytes(of graph: ModelGraph, notes: [String: String] = [:]) throws -> [UInt8] {
  var model = ONNXModel()
  model.irVersion = irVersion(ofOpset: graph.opset)
  model.producerName = "splitpipe"
  let domains = Set(graph.nodes.map(\.domain)).subtracting([""])
  model.opsetImport = [.with { $0.version = Int64(graph.opset) }]
  for domain in domains.sorted() {
    model.opsetImport.append(
      .with {
        $0.domain = domain
        $0.version = 1
      })
  }
  model.metadataProps = notes.sorted { $0.key < $1.key }.map { note in
    .with { ($0.key, $0.value) = (note.key, note.value) }
  }
  model.graph.name = graph.name.isEmpty ? "splitpipe" : graph.name
  model.graph.node = graph.nodes.map(ONNXNode.init)
  model.graph.initializer = graph.weights.sorted { $0.key < $1.key }
    .map { ONNXTensor($0.value, name: $0.key) }
  model.graph.input = graph.inputs.map(ONNXValueInfo.init)
  let types = try graph.inferringShapes().types
  model.graph.output = graph.outputs.map { ONNXValueInfo(name: $0, type: types[$0]) }
  do {
    return try model.serializedBytes()
  } catch {
    throw SplitpipeError(.badData, "the graph is too large for an ONNX file: \(error)")
  }
}

/// The version of the file format that came with an opset; runtimes read older opsets under the first.
private func irVersion(ofOpset opset: Int) -> Int64 {
  switch opset {
  case ...18: 8
  case 19, 20: 9
  case 21, 22: 10
  case 23: 11
  default: 12
  }
}

extension ONNXNode {
  init(_ node: Node) {
    self.init()
    name = node.name
    opType = node.operation
    domain = node.domain
    input = node.inputs
    output = node.outputs
    attribute = node.attributes.sorted { $0.key < $1.key }
      .map { ONNXAttribute(name: $0.key, value: $0.value) }
  }
}

extension ONNXAttribute {
  init(name: String, value: Attribute) {
    self.init()
    self.name = name
    switch value {
    case .int(let value):
      i = value
      type = .int
    case .ints(let values):
      ints = values
      type = .ints
    case .float(let value):
      f = value
      type = .float
    case .floats(let values):
      floats = values
      type = .floats
    case .string(let value):
      s = Data(value.utf8)
      type = .string
    case .strings(let values):
      strings = values.map { Data($0.utf8) }
      type = .strings
    case .tensor(let weight):
      t = [ONNXTensor(weight, name: "")]
      type = .tensor
    }
  }
}

extension ONNXTensor {
  init(_ weight: Weight, name: String) {
    self.init()
    self.name = name
    dims = weight.shape.dimensions.map(Int64.init)
    dataType = Int32(weight.elementType.rawValue)
    rawData = Data(weight.bytes)
  }
}

extension ONNXValueInfo {
  init(_ input: GraphInput) {
    self.init()
    name = input.name
    type.tensorType.elemType = Int32(input.elementType.rawValue)
    type.tensorType.shape.dim = input.dimensions.map { extent in
      .with { $0.value = extent.map { .dimValue(Int64($0)) } ?? .dimParam("open") }
    }
  }

  /// A type that is not known is left out, for the runtime to infer.
  init(name: String, type known: TensorType?) {
    self.init()
    self.name = name
    guard let known else { return }
    type.tensorType.elemType = Int32(known.elementType.rawValue)
    type.tensorType.shape.dim = known.shape.dimensions.map { extent in
      .with { $0.value = .dimValue(Int64(extent)) }
    }
  }
}
