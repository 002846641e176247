/// The module path in the name that PyTorch's exporter gives a node, without the leading `model.`;
/// empty where the name holds none.
///
/// `/model.4/m/m.0/cv1/conv/Conv` is `4.m.0.cv1.conv`: the last part is the operator, and a child of
/// a list or sequence repeats its parent (`m.0` inside `m`). Names that do not begin with a slash,
/// such as `Conv_12`, come from exporters that note no path.
func moduleScope(ofNodeNamed name: String) -> String {
  guard name.hasPrefix("/") else { return "" }
  let parts = name.split(separator: "/").dropLast()
  var path: [Substring] = []
  for part in parts {
    if let parent = path.last, part.hasPrefix(parent + ".") { path.removeLast() }
    path.append(part)
  }
  while path.first == "model" { path.removeFirst() }
  return withoutModelPrefix(path.joined(separator: "."))
}

/// `model.4.m` and `4.m` name the same module.
func withoutModelPrefix(_ path: String) -> String {
  path.hasPrefix("model.") ? String(path.dropFirst("model.".count)) : path
}

extension ModelGraph {
  /// The output of every module that has exactly one: the tensor made by a node of its scope and
  /// needed outside it, by the module's path.
  ///
  /// `isData` says of a tensor whether it carries data; shape arithmetic does not count.
  func moduleOutputs(where isData: (String) -> Bool) -> [String: String] {
    var consumers: [String: [String]] = [:]
    for node in nodes {
      for input in node.inputs { consumers[input, default: []].append(node.scope) }
    }
    let results = Set(outputs)
    var found: [String: [String]] = [:]
    for node in nodes where !node.scope.isEmpty {
      for output in node.outputs where !output.isEmpty && isData(output) {
        for module in enclosingModules(of: node.scope) {
          let leaves =
            results.contains(output)
            || (consumers[output] ?? []).contains { $0 != module && !$0.hasPrefix(module + ".") }
          if leaves { found[module, default: []].append(output) }
        }
      }
    }
    return found.compactMapValues { $0.count == 1 ? $0.first : nil }
  }

  /// `4.m.0` → `4`, `4.m`, `4.m.0`.
  private func enclosingModules(of scope: String) -> [String] {
    scope.indices.filter { scope[$0] == "." }.map { String(scope[..<$0]) } + [scope]
  }
}

extension ModelGraph {
  /// Gives nodes that make codes of a tensor the module that reads the codes.
  ///
  /// Quantizers name such nodes after the tensor, so that the module which makes it would seem to give
  /// out codes and a scale; what it gives out is the tensor.
  mutating func handCodingToReaders() {
    var readers: [String: [String]] = [:]
    for node in nodes {
      for input in node.inputs { readers[input, default: []].append(node.scope) }
    }
    for index in nodes.indices where nodes[index].operation == "DynamicQuantizeLinear" {
      let scopes = nodes[index].outputs.flatMap { readers[$0] ?? [] }
      nodes[index].scope = commonModule(of: scopes)
    }
  }

  /// The innermost module that all scopes lie in; empty where there is none.
  private func commonModule(of scopes: [String]) -> String {
    guard var common = scopes.first?.split(separator: ".") else { return "" }
    for scope in scopes.dropFirst() {
      let shared = zip(common, scope.split(separator: ".")).prefix { $0 == $1 }.count
      common.removeSubrange(shared...)
    }
    return common.joined(separator: ".")
  }
}
