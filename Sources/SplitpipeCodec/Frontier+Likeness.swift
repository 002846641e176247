import SplitpipeCore

extension Frontier {
  /// Whether another frame has the same tensors in the same order, by name and shape.
  func isAlike(_ other: Frontier) -> Bool {
    tensors.count == other.tensors.count
      && zip(tensors, other.tensors).allSatisfy {
        $0.name == $1.name && $0.tensor.shape == $1.tensor.shape
      }
  }
}
