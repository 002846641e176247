import SplitpipeCore

/// Which nodes make up the head of a cut, and which tensors cross it.
struct CutSides: Equatable {
  /// By node; constant nodes are false and belong to whoever needs them.
  let isHead: [Bool]
  /// Tensor numbers in graph order, the graph's inputs first.
  let crossing: [Int]
}

extension DataFlow {
  /// The cut at a tensor that sends the fewest bytes.
  ///
  /// All that the tensor needs is head, all that needs the tensor is tail. The other nodes go where
  /// the bytes of the tensors that cross, each counted once, are least; data flows from head to
  /// tail only. An input of the graph is at the sender, so it crosses where the tail reads it;
  /// outputs of the graph are wanted at the receiver, so those of the head cross. Of several
  /// minimum cuts the one with the largest head is taken (there is exactly one), so that a module
  /// whose free half ends in an activation of the same size is cut after the activation.
  ///
  /// `tensor` is the number of a tensor made by a node and read by another; `cost` holds the bytes
  /// of each tensor, `CutCost.forbidden` for one that must not cross.
  func minimumCut(at tensor: Int, cost: [Int]) -> CutSides {
    let forcedHead = ancestors(of: tensor)
    let forcedTail = descendants(of: tensor)
    let (source, sink) = (0, 1)
    var network = FlowNetwork(vertices: 2)
    var vertices = [Int](repeating: source, count: reads.count)
    for node in reads.indices where !isConstant[node] && !forcedHead[node] {
      vertices[node] = forcedTail[node] ? sink : network.addVertex()
    }
    for (index, tensor) in tensors.enumerated() {
      let from = tensor.producer.map { vertices[$0] } ?? source
      guard from != sink else { continue }
      // Only tensors with a reader that may lie in the tail can cross.
      var readers = Set(tensor.consumers.map { vertices[$0] })
      if tensor.isOutput { readers.insert(sink) }
      readers.remove(source)
      guard !readers.isEmpty else { continue }
      let crossing = network.addVertex()
      network.addEdge(from: from, to: crossing, capacity: cost[index])
      for reader in readers.sorted() {
        network.addEdge(from: crossing, to: reader, capacity: FlowNetwork.unlimited)
        if from != source, reader != sink {
          network.addEdge(from: reader, to: from, capacity: FlowNetwork.unlimited)
        }
      }
    }
    _ = network.maximize(source: source, sink: sink)
    let inTail = network.reaching(sink: sink)
    let isHead = reads.indices.map { !isConstant[$0] && !inTail[vertices[$0]] }
    return CutSides(isHead: isHead, crossing: crossing(isHead: isHead))
  }

  /// The tensors made in the head (or fed to it) that the tail reads or that the graph gives out.
  func crossing(isHead: [Bool]) -> [Int] {
    tensors.indices.filter { index in
      let tensor = tensors[index]
      guard tensor.producer.map({ isHead[$0] }) ?? true else { return false }
      return tensor.isOutput || tensor.consumers.contains { !isHead[$0] }
    }
  }
}

/// What crossing costs.
enum CutCost {
  /// More than all tensors of a graph together can cost.
  static let forbidden = 1 << 43

  /// Bytes of each tensor at float32; forbidden for those that cannot cross and unknown
  /// shapes.
  static func bytes(of flow: DataFlow, types: [String: TensorType]) -> [Int] {
    flow.tensors.map { tensor in
      guard let type = types[tensor.name], type.canCross else { return forbidden }
      // An empty tensor is still a tensor to send; 1 keeps the cut well defined.
      return max(1, type.shape.count * ElementType.float32.byteCount)
    }
  }
}

extension TensorType {
  /// Whether a tensor can be sent, which it is as float32 whatever it is inside the model. One without
  /// dimensions is a number that belongs to an operator, such as the scale of its codes.
  var canCross: Bool {
    (elementType == .float32 || elementType == .float16) && shape.rank > 0
  }
}
