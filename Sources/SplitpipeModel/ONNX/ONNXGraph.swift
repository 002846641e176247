import SplitpipeCore

extension ModelGraph {
  /// The graph of an ONNX file, sorted and checked; constants are weights, aliases empty.
  ///
  /// - Parameters:
  ///   - model: what the file holds.
  ///   - files: gives weights that lie beside it.
  /// - Throws: `badData` for what the format allows and splitpipe does not read, or what is wrong;
  ///   `missingInput` where a file with weights is not there.
  init(_ model: ONNXModel, files: ExternalWeights = ExternalWeights(folder: nil)) throws {
    let opset = try Self.opset(of: model)
    guard model.hasGraph else { throw SplitpipeError.notONNX("it holds no graph") }
    let graph = model.graph
    guard graph.node.count <= ModelLimits.nodes else {
      throw SplitpipeError.unsupported(
        "\(graph.node.count) nodes, more than \(ModelLimits.nodes),")
    }
    if !graph.sparseInitializer.isEmpty { throw SplitpipeError.unsupported("sparse weights") }
    if !model.functions.isEmpty { throw SplitpipeError.unsupported("functions of its own") }

    var weights: [String: Weight] = [:]
    for tensor in graph.initializer {
      let weight = try Weight(tensor, named: tensor.name, files: files)
      if weights.updateValue(weight, forKey: tensor.name) != nil {
        throw SplitpipeError.duplicateTensor(tensor.name, makers: "two weights")
      }
    }
    let inputs = try graph.input.filter { weights[$0.name] == nil }.map(GraphInput.init)
    var nodes: [Node] = []
    nodes.reserveCapacity(graph.node.count)
    var names = NodeNames()
    for (index, message) in graph.node.enumerated() {
      let node = try Node(
        message, name: names.unique(message.name, message.opType, index), files: files)
      // Runtimes round these differently, as far apart as quantizing itself moves a network's output.
      if node.operation.hasPrefix("QLinear") { throw SplitpipeError.integerOperator(node) }
      if node.operation == "Constant", node.domain.isEmpty {
        guard let output = node.outputs.first, !output.isEmpty else { continue }
        if weights.updateValue(try node.constantValue(), forKey: output) != nil {
          throw SplitpipeError.duplicateTensor(output, makers: "two constants")
        }
      } else {
        nodes.append(node)
      }
    }
    self.init(
      name: graph.name, opset: opset, nodes: nodes, inputs: inputs,
      outputs: graph.output.map(\.name), weights: weights)
    self = try sortedTopologically()
    handCodingToReaders()
  }

  private static func opset(of model: ONNXModel) throws -> Int {
    let versions = model.opsetImport.filter { $0.domain.isEmpty || $0.domain == "ai.onnx" }
    guard let version = versions.map(\.version).max() else {
      throw SplitpipeError.notONNX("it names no operator set")
    }
    guard knownOpsets.contains(Int(clamping: version)) else { throw SplitpipeError.opset(version) }
    return Int(version)
  }
}

/// The opsets of the default domain whose operators are read. Up to 6 operands were stretched by
/// other rules.
let knownOpsets = 7...24

/// Makes the names of nodes differ: exporters may leave them empty or repeat them.
private struct NodeNames {
  private var taken: Set<String> = []

  mutating func unique(_ name: String, _ operation: String, _ index: Int) -> String {
    let wanted = name.isEmpty ? "\(operation)_\(index)" : name
    var candidate = wanted
    var suffix = index
    while !taken.insert(candidate).inserted {
      candidate = "\(wanted)_\(suffix)"
      suffix += 1
    }
    return candidate
  }
}

extension Node {
  init(_ message: ONNXNode, name: String, files: ExternalWeights) throws {
    let domain = message.domain == "ai.onnx" ? "" : message.domain
    var node = Node(
      name: name, operation: message.opType, domain: domain, inputs: message.input,
      outputs: message.output, scope: moduleScope(ofNodeNamed: message.name))
    for attribute in message.attribute {
      guard let value = try Attribute(attribute, of: name, files: files) else {
        throw SplitpipeError.subgraph(node)
      }
      node.attributes[attribute.name] = value
    }
    self = node
  }
}

extension GraphInput {
  init(_ message: ONNXValueInfo) throws {
    let tensor = message.type.tensorType
    guard message.hasType, message.type.hasTensorType,
      let type = ElementType(rawValue: Int(tensor.elemType))
    else {
      throw SplitpipeError(
        .badData, "the graph's input \"\(message.name)\" is no tensor of a known element type")
    }
    guard tensor.shape.dim.count <= ModelLimits.rank else {
      throw SplitpipeError(
        .badData, "the graph's input \"\(message.name)\" has too many dimensions")
    }
    // Old exporters write 0 or −1 for an extent they leave open.
    let dimensions = tensor.shape.dim.map { dimension -> Int? in
      guard case .dimValue(let extent) = dimension.value, extent > 0 else { return nil }
      return Int(extent)
    }
    self.init(name: message.name, elementType: type, dimensions: dimensions)
  }
}
