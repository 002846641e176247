import SplitpipeCore

/// One node with what is known of its inputs, as a shape rule sees it.
struct Operands {
  let node: Node
  let opset: Int
  private let types: [TensorType?]
  private let values: [FoldedValue?]

  init(
    node: Node, opset: Int, types: [String: TensorType], values: [String: FoldedValue]
  ) {
    self.node = node
    self.opset = opset
    self.types = node.inputs.map { $0.isEmpty ? nil : types[$0] }
    self.values = node.inputs.map { $0.isEmpty ? nil : values[$0] }
  }

  var count: Int { node.inputs.count }

  /// Whether the node has this input, known or not.
  func has(_ index: Int) -> Bool { index < count && !node.inputs[index].isEmpty }

  /// nil where unknown or absent.
  func type(_ index: Int) -> TensorType? { index < count ? types[index] : nil }

  /// nil where unknown or absent.
  func shape(_ index: Int) -> Shape? { type(index)?.shape }

  /// nil where unknown or absent.
  func value(_ index: Int) -> FoldedValue? { index < count ? values[index] : nil }

  /// The integers of an input, clamped so that arithmetic on a few of them cannot overflow; nil
  /// where unknown or absent.
  func integers(_ index: Int) -> [Int]? { value(index)?.integers?.map(clamped) }

  func int(_ key: String, default value: Int) throws -> Int {
    switch node.attributes[key] {
    case nil: return value
    case .int(let found): return clamped(found)
    default: throw wrong("its attribute \(key) is not an integer")
    }
  }

  /// nil where absent.
  func ints(_ key: String) throws -> [Int]? {
    switch node.attributes[key] {
    case nil: return nil
    case .ints(let found): return found.map(clamped)
    default: throw wrong("its attribute \(key) is not a list of integers")
    }
  }

  func string(_ key: String, default value: String) throws -> String {
    switch node.attributes[key] {
    case nil: return value
    case .string(let found): return found
    default: throw wrong("its attribute \(key) is not a string")
    }
  }

  /// The axes a node names: an attribute up to some opset, an input from then on.
  ///
  /// - Returns: nil where absent.
  /// - Throws: where the input exists and its value is not known, `UnknownValue`.
  func axes(input index: Int, fromOpset first: Int) throws -> [Int]? {
    guard opset >= first else { return try ints("axes") }
    guard has(index) else { return nil }
    guard let axes = integers(index) else { throw UnknownValue() }
    return axes
  }

  /// An axis counted from the front.
  func axis(_ axis: Int, rank: Int) throws -> Int {
    guard axis >= -rank, axis < rank else {
      throw wrong("axis \(axis) does not exist in \(rank) dimensions")
    }
    return axis < 0 ? axis + rank : axis
  }

  func makeShape(_ extents: [Int]) throws -> Shape {
    guard let shape = Shape(limited: extents) else {
      throw wrong("its output would have the impossible shape \(extents)")
    }
    return shape
  }

  /// `badData` naming the node.
  func wrong(_ problem: String) -> SplitpipeError {
    SplitpipeError(.badData, "node \"\(node.name)\" (\(node.operation)): \(problem)")
  }

  private func clamped(_ value: Int64) -> Int {
    Int(min(max(value, -Int64(ModelLimits.extent)), Int64(ModelLimits.extent)))
  }
}

/// Thrown by a rule where a value it needs is computed by the graph from its data: its outputs stay
/// unknown.
struct UnknownValue: Error {}
