import SplitpipeCore

/// A graph as numbers: which node makes and which nodes read each tensor that depends on the input.
///
/// Constants are left out: weights, and nodes that depend on no input of the graph. They never
/// cross a cut; each half gets its own copy of what it needs.
struct DataFlow {
  struct Tensor {
    let name: String
    /// nil for an input of the graph.
    let producer: Int?
    var consumers: [Int] = []
    var isOutput = false
  }

  /// Inputs first, then the outputs of the nodes in graph order.
  private(set) var tensors: [Tensor] = []
  private(set) var tensorIDs: [String: Int] = [:]
  /// Tensor numbers each node reads, once each; empty for a constant node.
  private(set) var reads: [[Int]]
  /// Tensor numbers each node makes; empty for a constant node.
  private(set) var makes: [[Int]]
  /// Nodes that depend on no input.
  private(set) var isConstant: [Bool]

  /// - Precondition: the nodes are sorted.
  init(_ graph: ModelGraph) {
    reads = [[Int]](repeating: [], count: graph.nodes.count)
    makes = reads
    isConstant = [Bool](repeating: true, count: graph.nodes.count)
    for input in graph.inputs { add(input.name, producer: nil) }
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs {
        guard let tensor = tensorIDs[input], tensors[tensor].consumers.last != index else {
          continue
        }
        reads[index].append(tensor)
        tensors[tensor].consumers.append(index)
      }
      guard !reads[index].isEmpty else { continue }
      isConstant[index] = false
      for output in node.outputs where !output.isEmpty {
        makes[index].append(tensors.count)
        add(output, producer: index)
      }
    }
    for output in graph.outputs {
      if let tensor = tensorIDs[output] { tensors[tensor].isOutput = true }
    }
  }

  private mutating func add(_ name: String, producer: Int?) {
    tensorIDs[name] = tensors.count
    tensors.append(Tensor(name: name, producer: producer))
  }

  /// Nodes that a tensor needs, its maker included.
  func ancestors(of tensor: Int) -> [Bool] {
    var marked = [Bool](repeating: false, count: reads.count)
    var open = tensors[tensor].producer.map { [$0] } ?? []
    for node in open { marked[node] = true }
    while let node = open.popLast() {
      for input in reads[node] {
        if let producer = tensors[input].producer, !marked[producer] {
          marked[producer] = true
          open.append(producer)
        }
      }
    }
    return marked
  }

  /// Nodes that need a tensor.
  func descendants(of tensor: Int) -> [Bool] {
    var marked = [Bool](repeating: false, count: reads.count)
    var open = [tensor]
    while let tensor = open.popLast() {
      for node in tensors[tensor].consumers where !marked[node] {
        marked[node] = true
        open += makes[node]
      }
    }
    return marked
  }
}
