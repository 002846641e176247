import SplitpipeCore

/// A graph being changed.
///
/// Tensors and nodes that an edit adds get names that nothing else has. Between edits the graph may
/// be in no order, and incomplete: `finish()` makes a sound graph of it or says what is wrong.
package struct GraphEditor: Sendable {
  private(set) var graph: ModelGraph
  /// Names that a new tensor must not have, those that were renamed away included.
  private var tensorNames: Set<String>
  private var nodeNames: Set<String>

  /// Begins with a sound graph.
  package init(_ graph: ModelGraph) {
    self.graph = graph
    tensorNames = Set(graph.weights.keys).union(graph.inputs.map(\.name))
    for node in graph.nodes { tensorNames.formUnion(node.outputs) }
    nodeNames = Set(graph.nodes.map(\.name))
  }

  /// What the graph is called.
  package var name: String {
    get { graph.name }
    set { graph.name = newValue }
  }

  /// What a caller feeds, in order.
  package var inputs: [GraphInput] {
    get { graph.inputs }
    set {
      graph.inputs = newValue
      tensorNames.formUnion(newValue.map(\.name))
    }
  }

  /// The tensors that a caller receives, in order; what they do not need is pruned.
  package var outputs: [String] {
    get { graph.outputs }
    set { graph.outputs = newValue }
  }

  /// `wanted`, with primes where it is taken; a name is given once.
  package mutating func freshName(_ wanted: String) -> String {
    Self.take(wanted, from: &tensorNames)
  }

  private static func take(_ wanted: String, from taken: inout Set<String>) -> String {
    var name = wanted
    while !taken.insert(name).inserted { name += "'" }
    return name
  }

  // MARK: - Adding

  /// Adds an operator of one output.
  ///
  /// - Parameters:
  ///   - operation: the ONNX operator, `Mul` for instance.
  ///   - inputs: the tensors it reads.
  ///   - name: what the node is called, with primes where another is.
  ///   - output: what its output is called, likewise; the same as the node where it is nil.
  ///   - attributes: what the operator is told besides.
  /// - Returns: the name of the output.
  package mutating func add(
    _ operation: String, _ inputs: [String], named name: String, output: String? = nil,
    attributes: [String: Attribute] = [:]
  ) -> String {
    let made = freshName(output ?? name)
    add(
      Node(
        name: name, operation: operation, inputs: inputs, outputs: [made], attributes: attributes))
    return made
  }

  /// Adds a conversion to another element type.
  ///
  /// - Returns: the name of the output: `name`, with primes where that is taken.
  package mutating func cast(_ tensor: String, to type: ElementType, named name: String) -> String {
    add("Cast", [tensor], named: name, attributes: ["to": .int(Int64(type.rawValue))])
  }

  /// Adds a node whose outputs have just these names; the node's own gets primes where it is taken.
  package mutating func add(_ node: Node) {
    var node = node
    node.name = Self.take(node.name, from: &nodeNames)
    tensorNames.formUnion(node.outputs)
    graph.nodes.append(node)
  }

  /// Adds a constant.
  ///
  /// - Returns: its name: `wanted`, with primes where that is taken.
  package mutating func add(_ weight: Weight, named wanted: String) -> String {
    let name = freshName(wanted)
    graph.weights[name] = weight
    return name
  }

  // MARK: - Rewiring

  /// Gives a tensor another name everywhere: where it is made, read, fed, given out and aliased.
  ///
  /// - Precondition: the graph has the tensor.
  /// - Returns: the name: `wanted`, with primes where that is taken.
  @discardableResult
  package mutating func rename(_ tensor: String, to wanted: String) -> String {
    requireTensor(tensor)
    let name = freshName(wanted)
    for index in graph.nodes.indices {
      graph.nodes[index].inputs.replace(tensor, with: name)
      graph.nodes[index].outputs.replace(tensor, with: name)
    }
    for index in graph.inputs.indices where graph.inputs[index].name == tensor {
      graph.inputs[index].name = name
    }
    if let weight = graph.weights.removeValue(forKey: tensor) { graph.weights[name] = weight }
    graph.outputs.replace(tensor, with: name)
    graph.aliases = graph.aliases.mapValues { $0 == tensor ? name : $0 }
    return name
  }

  /// Lets every node that reads a tensor read another. What the graph gives out stays, and so do
  /// aliases: a module path names the tensor that the module makes, whoever reads it.
  ///
  /// - Precondition: the graph has the tensor that is read now.
  package mutating func replaceUses(of tensor: String, with other: String) {
    requireTensor(tensor)
    replaceUses(of: tensor, with: other, in: graph.nodes.indices)
  }

  /// Puts nodes between a tensor and the nodes that read it; as in `replaceUses(of:with:)`, outputs
  /// and aliases stay.
  ///
  /// - Precondition: the graph has the tensor.
  /// - Parameters:
  ///   - tensor: what is read now.
  ///   - nodes: names of the nodes that are to read something else; nil for all.
  ///   - make: adds the nodes, which may read the tensor, and returns what the others are to read.
  package mutating func insert(
    at tensor: String, readBy nodes: Set<String>? = nil,
    _ make: (inout GraphEditor) throws -> String
  ) rethrows {
    requireTensor(tensor)
    let readers = graph.nodes.indices.filter { nodes?.contains(graph.nodes[$0].name) ?? true }
    let made = try make(&self)
    replaceUses(of: tensor, with: made, in: readers)
  }

  /// Takes a tensor from the caller: what read it reads a new input of the graph, the last, and its
  /// name is free for another node to make.
  ///
  /// - Precondition: the graph has the tensor.
  package mutating func feed(_ tensor: String, as input: GraphInput) {
    requireTensor(tensor)
    let unused = freshName(tensor + "/unused")
    for index in graph.nodes.indices { graph.nodes[index].outputs.replace(tensor, with: unused) }
    graph.inputs.removeAll { $0.name == tensor }
    replaceUses(of: tensor, with: input.name)
    inputs.append(input)
  }

  /// Turns a constant into an input of the graph, the last, under its name.
  ///
  /// - Precondition: the graph has the weight.
  /// - Returns: what to feed for the graph to give what it gave.
  package mutating func promote(weight name: String) -> Weight {
    guard let weight = graph.weights.removeValue(forKey: name) else {
      preconditionFailure("the graph \"\(graph.name)\" being edited has a weight \"\(name)\"")
    }
    graph.inputs.append(
      GraphInput(
        name: name, elementType: weight.elementType, dimensions: weight.shape.dimensions))
    return weight
  }

  private mutating func replaceUses(
    of tensor: String, with other: String, in nodes: some Sequence<Int>
  ) {
    for index in nodes { graph.nodes[index].inputs.replace(tensor, with: other) }
  }

  private func requireTensor(_ name: String) {
    precondition(
      tensorNames.contains(name),
      "the graph \"\(graph.name)\" being edited has a tensor \"\(name)\"")
  }
}

extension [String] {
  fileprivate mutating func replace(_ name: String, with other: String) {
    for index in indices where self[index] == name { self[index] = other }
  }
}
