package import SplitpipeCore

extension ModelGraph {
  /// The same graph with every node after those it depends on, else in the order given.
  ///
  /// Also checks what every later step relies on: tensor names made once, inputs that exist,
  /// outputs that are made, node names that differ.
  ///
  /// - Throws: `badData` naming the cycle, the tensor made twice or the tensor nobody makes.
  package func sortedTopologically() throws(SplitpipeError) -> ModelGraph {
    let producers = try producersOfTensors()
    var sorted = self
    sorted.nodes = try depthFirstOrder(producers: producers).map { nodes[$0] }
    return sorted
  }

  /// The node that makes each tensor, or nil for a graph input.
  private func producersOfTensors() throws(SplitpipeError) -> [String: Int?] {
    var producers: [String: Int?] = [:]
    for input in inputs where producers.updateValue(nil, forKey: input.name) != nil {
      throw SplitpipeError.duplicateTensor(input.name, makers: "two inputs of the graph")
    }
    for input in inputs where weights[input.name] != nil {
      throw SplitpipeError.duplicateTensor(input.name, makers: "a graph input and a weight")
    }
    var nodeNames: Set<String> = []
    for (index, node) in nodes.enumerated() {
      guard nodeNames.insert(node.name).inserted else {
        throw SplitpipeError(.badData, "two nodes of the graph are called \"\(node.name)\"")
      }
      for output in node.outputs where !output.isEmpty {
        if weights[output] != nil {
          throw SplitpipeError.duplicateTensor(
            output, makers: "a weight and node \"\(node.name)\" (\(node.operation))")
        }
        if producers.updateValue(index, forKey: output) != nil {
          throw SplitpipeError.duplicateTensor(
            output, makers: "node \"\(node.name)\" (\(node.operation)) and another")
        }
      }
    }
    for node in nodes {
      for input in node.inputs where !input.isEmpty && weights[input] == nil {
        guard producers[input] != nil else {
          throw SplitpipeError(
            .badData,
            "node \"\(node.name)\" (\(node.operation)) reads tensor \"\(input)\", which nothing makes"
          )
        }
      }
    }
    guard !outputs.isEmpty else {
      throw SplitpipeError(.badData, "the graph has no output")
    }
    for output in outputs {
      guard let producer = producers[output], producer != nil else {
        throw SplitpipeError(.badData, "the graph's output \"\(output)\" is made by no node")
      }
    }
    return producers
  }

  /// Indices of the nodes in depth-first post-order, which leaves a sorted graph as it is.
  private func depthFirstOrder(producers: [String: Int?]) throws(SplitpipeError) -> [Int] {
    enum Mark { case new, open, done }
    var marks = [Mark](repeating: .new, count: nodes.count)
    var order: [Int] = []
    order.reserveCapacity(nodes.count)
    for start in nodes.indices where marks[start] == .new {
      // (node, position of its next input to look at)
      var stack = [(node: start, next: 0)]
      marks[start] = .open
      while let (node, next) = stack.last {
        let names = nodes[node].inputs
        guard next < names.count else {
          marks[node] = .done
          order.append(node)
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next = next + 1
        guard let producer = producers[names[next]], let maker = producer else { continue }
        switch marks[maker] {
        case .done: break
        case .new:
          marks[maker] = .open
          stack.append((node: maker, next: 0))
        case .open:
          let path = stack.map(\.node).drop { $0 != maker }
          throw SplitpipeError.cycle(path.reversed().map { nodes[$0].name })
        }
      }
    }
    return order
  }

  /// The same graph without nodes, weights and aliases that no output needs, in the order given.
  func pruned() -> ModelGraph {
    var makers: [String: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      for output in node.outputs where !output.isEmpty { makers[output, default: []].append(index) }
    }
    var needed = Set(outputs)
    var open = outputs
    var isKept = [Bool](repeating: false, count: nodes.count)
    while let tensor = open.popLast() {
      for maker in makers[tensor] ?? [] where !isKept[maker] {
        isKept[maker] = true
        open += nodes[maker].inputs.filter { needed.insert($0).inserted }
      }
    }
    var result = self
    result.nodes = nodes.indices.filter { isKept[$0] }.map { nodes[$0] }
    result.weights = weights.filter { needed.contains($0.key) }
    result.aliases = aliases.filter { needed.contains($0.value) }
    return result
  }
}

extension SplitpipeError {
  static func duplicateTensor(_ name: String, makers: String) -> SplitpipeError {
    SplitpipeError(.badData, "tensor \"\(name)\" is made twice, by \(makers)")
  }

  /// Names of the nodes in the direction of the data; the last feeds the first.
  static func cycle(_ names: [String]) -> SplitpipeError {
    let shown = names.prefix(6).map { "\"\($0)\"" }.joined(separator: " → ")
    let more = names.count > 6 ? " → … (\(names.count) nodes)" : ""
    return SplitpipeError(
      .badData,
      "the graph has a cycle: \(shown)\(more) → \"\(names.first ?? "")\"; a model must flow one way"
    )
  }
}
