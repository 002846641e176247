import SplitpipeCore

/// The names a split may have: module paths, tensors and nodes.
struct SplitNames {
  private let graph: ModelGraph
  private let flow: DataFlow
  /// The shortest module path of each tensor that has one.
  private let modules: [String: String]

  init(_ graph: ModelGraph, flow: DataFlow) {
    self.graph = graph
    self.flow = flow
    modules = Dictionary(graph.aliases.map { ($0.value, $0.key) }) { first, second in
      (first.utf8.count, first) < (second.utf8.count, second) ? first : second
    }
  }

  /// The module path that ends in a tensor, if there is one.
  func module(of tensor: String) -> String? { modules[tensor] }

  /// The tensor a name stands for: a module path, else a tensor, else a node, each also with
  /// `model.` before it.
  ///
  /// - Throws: `usage` for a name of nothing (with the nearest names that exist), of a constant, of
  ///   the input, or of several tensors.
  func tensor(named split: String) throws -> Int {
    let names = split.hasPrefix("model.") ? [split, withoutModelPrefix(split)] : [split]
    for name in names {
      if let tensor = graph.aliases[name].flatMap({ flow.tensorIDs[$0] }) { return tensor }
      if let tensor = flow.tensorIDs[name] { return tensor }
      if graph.weights[name] != nil {
        throw SplitpipeError.cannotSplit(split, "it is a weight, so the head would be empty")
      }
      if let node = graph.nodes.firstIndex(where: { $0.name == name }) {
        return try tensor(ofNode: node, split: split)
      }
      if let node = graph.nodes.firstIndex(where: { $0.outputs.contains(name) }),
        flow.isConstant[node]
      {
        throw SplitpipeError.cannotSplit(split, "it is a constant, so the head would be empty")
      }
      let outputs = outputs(ofModule: name)
      let tensors = outputs.map { flow.tensors[$0].name }
      // A list of modules has no output even where it holds only one; what has no path of its own
      // goes by the module that gives it out.
      if outputs.count == 1, module(of: tensors[0]) == nil { return outputs[0] }
      if !outputs.isEmpty {
        throw SplitpipeError.cannotSplit(
          split,
          outputs.count == 1
            ? "the module has no output of its own; name what it holds: \(quoted(tensors))"
            : "the module has several outputs; name one of them: \(quoted(tensors))")
      }
    }
    throw SplitpipeError.unknownSplit(split, nearest: nearest(to: names[names.count - 1]))
  }

  private func tensor(ofNode node: Int, split: String) throws -> Int {
    if flow.isConstant[node] {
      throw SplitpipeError.cannotSplit(split, "it is a constant, so the head would be empty")
    }
    let read = flow.makes[node].filter { id in
      !flow.tensors[id].consumers.isEmpty || flow.tensors[id].isOutput
    }
    guard read.count == 1, let tensor = read.first else {
      let names = flow.makes[node].map { flow.tensors[$0].name }
      throw SplitpipeError.cannotSplit(
        split, "the node has several outputs; name one of them: \(quoted(names))")
    }
    return tensor
  }

  /// Tensors made inside a module and read outside it; none where there is no such module.
  private func outputs(ofModule path: String) -> [Int] {
    func isInside(_ node: Int) -> Bool {
      graph.nodes[node].scope == path || graph.nodes[node].scope.hasPrefix(path + ".")
    }
    return flow.tensors.indices.filter { index in
      let tensor = flow.tensors[index]
      guard let producer = tensor.producer, isInside(producer) else { return false }
      return tensor.isOutput || tensor.consumers.contains { !isInside($0) }
    }
  }

  /// Module paths where the model has them, else tensors and nodes.
  private func nearest(to name: String) -> [String] {
    let inner = flow.tensors.filter { $0.producer != nil && !$0.consumers.isEmpty }.map(\.name)
    let names = graph.aliases.isEmpty ? inner + graph.nodes.map(\.name) : Array(graph.aliases.keys)
    return nearestNames(to: name, among: names)
  }
}

func quoted(_ names: [String]) -> String {
  let shown = names.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ")
  return names.count > 5 ? "\(shown), …" : shown
}

extension SplitpipeError {
  static func unknownSplit(_ split: String, nearest: [String]) -> SplitpipeError {
    let hint = nearest.isEmpty ? "" : "; the nearest names are \(quoted(nearest))"
    return SplitpipeError(
      .usage,
      "the model has no split \"\(split)\"\(hint) (splitpipe splits MODEL lists all)")
  }

  static func cannotSplit(_ split: String, _ reason: String) -> SplitpipeError {
    SplitpipeError(.usage, "cannot split at \"\(split)\": \(reason)")
  }
}
