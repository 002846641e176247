package import SplitpipeCore

/// A network as ONNX operators over named tensors, for one fixed input shape or a symbolic one.
///
/// Nodes are in an order in which every tensor is made before it is used; readers guarantee it
/// (`sortedTopologically()` establishes it or names the cycle).
package struct ModelGraph: Sendable, Equatable {
  package var name: String
  /// The default-domain opset the operators belong to.
  package var opset: Int
  package var nodes: [Node]
  /// Inputs a caller feeds (weights excluded).
  package var inputs: [GraphInput]
  /// Names of the tensors a caller receives.
  package var outputs: [String]
  /// Constant tensors by name.
  package var weights: [String: Weight]
  /// Names a person may give a tensor besides its own, to the tensor's name: module paths that end
  /// in the same tensor, such as `4.m.1` and `4.m`.
  package var aliases: [String: String]

  package init(
    name: String, opset: Int, nodes: [Node], inputs: [GraphInput], outputs: [String],
    weights: [String: Weight], aliases: [String: String] = [:]
  ) {
    self.name = name
    self.opset = opset
    self.nodes = nodes
    self.inputs = inputs
    self.outputs = outputs
    self.weights = weights
    self.aliases = aliases
  }
}

/// One input of a graph.
package struct GraphInput: Sendable, Equatable {
  package var name: String
  package var elementType: ElementType
  /// Extents, outermost first; nil where the model leaves one open.
  package var dimensions: [Int?]

  package init(name: String, elementType: ElementType, dimensions: [Int?]) {
    self.name = name
    self.elementType = elementType
    self.dimensions = dimensions
  }
}

/// One operator application.
package struct Node: Sendable, Equatable {
  /// Unique in the graph.
  package var name: String
  /// ONNX operator, such as `Conv`.
  package var operation: String
  /// ONNX domain; empty for the default one.
  package var domain: String
  /// Tensor names; empty for an omitted optional input.
  package var inputs: [String]
  package var outputs: [String]
  package var attributes: [String: Attribute]
  /// The module path as PyTorch prints it without the leading `model.`, such as `4.m.0.cv1.conv`;
  /// empty where the model does not say.
  package var scope: String

  package init(
    name: String, operation: String, domain: String = "", inputs: [String], outputs: [String],
    attributes: [String: Attribute] = [:], scope: String = ""
  ) {
    self.name = name
    self.operation = operation
    self.domain = domain
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
    self.scope = scope
  }
}

/// The value of an operator's attribute.
package enum Attribute: Sendable, Equatable {
  case int(Int64)
  case ints([Int64])
  case float(Float)
  case floats([Float])
  case string(String)
  case strings([String])
  case tensor(Weight)
}

/// A constant tensor, elements little-endian in row-major order.
package struct Weight: Sendable, Equatable {
  package var shape: Shape
  package var elementType: ElementType
  package var bytes: [UInt8]

  /// - Precondition: `bytes` holds `shape.count` elements.
  package init(shape: Shape, elementType: ElementType, bytes: [UInt8]) {
    precondition(
      bytes.count == shape.count * elementType.byteCount, "a \(shape) weight of the right length")
    self.shape = shape
    self.elementType = elementType
    self.bytes = bytes
  }
}

/// Element types of ONNX tensors; raw values are those of `TensorProto.DataType`.
package enum ElementType: Int, Sendable {
  case float32 = 1
  case uint8 = 2
  case int8 = 3
  case uint16 = 4
  case int16 = 5
  case int32 = 6
  case int64 = 7
  case bool = 9
  case float16 = 10
  case float64 = 11
  case uint32 = 12
  case uint64 = 13
  case bfloat16 = 16

  package var byteCount: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .float32, .int32, .uint32: 4
    case .int64, .float64, .uint64: 8
    }
  }
}
