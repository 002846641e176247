import SplitpipeCore

extension Weight {
  /// The nearest values that half precision has; itself where one is beyond them.
  package var roundedToHalf: Weight {
    guard elementType == .float32 else { return self }
    let halves = floats.map { Float(Float16($0)) }
    return halves.allSatisfy(\.isFinite) ? Weight(floats: halves, shape: shape) : self
  }
}

extension ModelGraph {
  /// The graph with weights in half precision where that loses nothing, and a conversion behind each: half
  /// the size in a file. `foldingHalves()` undoes it.
  func storingHalves() -> ModelGraph {
    var stored = self
    var conversions: [Node] = []
    for (name, weight) in weights.sorted(by: { $0.key < $1.key }) {
      guard weight.elementType == .float32, weight.shape.count >= Self.fewestHalves,
        weights[name + "/half"] == nil
      else { continue }
      let values = weight.floats
      let halves = values.map { Float16($0) }
      guard zip(values, halves).allSatisfy({ $0 == Float($1) }) else { continue }
      stored.weights[name] = nil
      stored.weights[name + "/half"] = Weight(
        shape: weight.shape, elementType: .float16,
        bytes: unsafe halves.withUnsafeBytes { unsafe [UInt8]($0) })
      conversions.append(
        Node(
          name: name + "/float32", operation: "Cast", inputs: [name + "/half"], outputs: [name],
          attributes: ["to": .int(Int64(ElementType.float32.rawValue))]))
    }
    stored.nodes = conversions + nodes
    return stored
  }

  /// Elements below which a conversion takes more room than it saves.
  private static let fewestHalves = 256

  /// The graph with constants where constants in half precision are converted.
  func foldingHalves() -> ModelGraph {
    var folded = self
    folded.nodes.removeAll { node in
      guard node.operation == "Cast", node.domain.isEmpty, node.inputs.count == 1,
        node.outputs.count == 1,
        node.attributes["to"] == .int(Int64(ElementType.float32.rawValue)),
        let weight = weights[node.inputs[0]], weight.elementType == .float16,
        !outputs.contains(node.outputs[0])
      else { return false }
      let values = unsafe weight.bytes.withUnsafeBytes { bytes in
        (0..<weight.shape.count).map {
          Float(unsafe bytes.loadUnaligned(fromByteOffset: $0 * 2, as: Float16.self))
        }
      }
      folded.weights[node.outputs[0]] = Weight(floats: values, shape: weight.shape)
      return true
    }
    return folded.pruned()
  }
}
