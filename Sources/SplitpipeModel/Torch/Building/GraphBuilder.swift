import SplitpipeCore

/// Collects the nodes of a graph, following the shape of every tensor.
struct GraphBuilder {
  /// A tensor of one picture that a node made: 1×channels×height×width.
  struct Value: Equatable {
    var name: String
    var channels: Int
    var height: Int
    var width: Int
  }

  /// Most elements of one tensor.
  static let maximumElements = 1 << 31

  private(set) var nodes: [Node] = []
  private(set) var weights: [String: Weight] = [:]
  /// Every module path to the tensor it ends in.
  var aliases: [String: String] = [:]

  /// Adds one operator with one output and returns that tensor's name.
  ///
  /// `label` tells nodes of the same operator in one scope apart; the tensor is called `output`, or
  /// like its node where that is nil.
  @discardableResult
  mutating func add(
    _ operation: String, scope: String, label: String = "", inputs: [String],
    output: String? = nil, attributes: [String: Attribute] = [:]
  ) -> String {
    let name = "\(scope)/\(operation)" + (label.isEmpty ? "" : ".\(label)")
    let output = output ?? name
    nodes.append(
      Node(
        name: name, operation: operation, inputs: inputs, outputs: [output],
        attributes: attributes, scope: scope))
    return output
  }

  /// Adds an operator with several outputs.
  mutating func add(_ node: Node) { nodes.append(node) }

  /// Adds a constant and returns its name.
  mutating func constant(_ name: String, _ weight: Weight) -> String {
    weights[name] = weight
    return name
  }

  /// Concatenates along the channels.
  ///
  /// - Throws: `.badData` where the tensors differ in height or width.
  mutating func concatenate(_ values: [Value], scope: String, output: String?) throws -> Value {
    guard var result = values.first else {
      throw SplitpipeError(.badData, "module \(scope) joins no tensors")
    }
    for value in values.dropFirst() {
      try check(value, scope: scope)
      guard value.height == result.height, value.width == result.width else {
        throw SplitpipeError(
          .badData,
          "module \(scope) joins tensors of \(result.width)×\(result.height) and "
            + "\(value.width)×\(value.height)")
      }
      result.channels += value.channels
      try check(result, scope: scope)
    }
    result.name = add(
      "Concat", scope: scope, inputs: values.map(\.name), output: output,
      attributes: ["axis": .int(1)])
    return result
  }

  /// The two halves of the channels.
  ///
  /// - Throws: `.badData` where the channels are odd in number.
  mutating func halves(_ value: Value, scope: String) throws -> (Value, Value) {
    guard value.channels.isMultiple(of: 2) else {
      throw SplitpipeError(
        .badData, "module \(scope) halves \(value.channels) channels, an odd number")
    }
    var (first, second) = (value, value)
    first.channels /= 2
    second.channels = first.channels
    (first.name, second.name) = ("\(scope)/Split.0", "\(scope)/Split.1")
    let sizes = constant(
      "\(scope).halves", Weight(integers: [first.channels, second.channels]))
    add(
      Node(
        name: "\(scope)/Split", operation: "Split", inputs: [value.name, sizes],
        outputs: [first.name, second.name], attributes: ["axis": .int(1)], scope: scope))
    return (first, second)
  }

  /// Refuses tensors too large to compute with, which no real network has.
  func check(_ value: Value, scope: String) throws {
    let (area, areaOverflow) = value.height.multipliedReportingOverflow(by: value.width)
    let (count, overflow) = area.multipliedReportingOverflow(by: value.channels)
    guard !areaOverflow, !overflow, count > 0, count <= Self.maximumElements else {
      throw SplitpipeError(
        .badData,
        "module \(scope) makes a tensor of \(value.channels)×\(value.height)×\(value.width), "
          + "more than \(Self.maximumElements) elements")
    }
  }

  /// Adds two tensors of the same shape.
  mutating func sum(
    _ one: Value, _ other: Value, scope: String, label: String = "", output: String?
  ) throws -> Value {
    guard one.channels == other.channels, one.height == other.height, one.width == other.width
    else {
      throw SplitpipeError(.badData, "module \(scope) adds tensors of different shapes")
    }
    var result = one
    result.name = add(
      "Add", scope: scope, label: label, inputs: [one.name, other.name], output: output)
    return result
  }

  /// The extent that a window moved over `extent` padded pixels leaves.
  ///
  /// - Throws: `.badData` where the window is larger than the picture.
  func windowed(
    _ extent: Int, kernel: Int, stride: Int, padding: Int, dilation: Int, roundsUp: Bool = false,
    scope: String
  ) throws -> Int {
    let span = extent + 2 * padding - dilation * (kernel - 1) - 1
    guard span >= 0 else {
      throw SplitpipeError(
        .badData, "module \(scope) has a window of \(kernel) on \(extent) pixels: enlarge the input"
      )
    }
    guard roundsUp else { return span / stride + 1 }
    let steps = (span + stride - 1) / stride + 1
    // As in PyTorch, the last window starts inside the picture or its left padding.
    return (steps - 1) * stride >= extent + padding ? steps - 1 : steps
  }
}
