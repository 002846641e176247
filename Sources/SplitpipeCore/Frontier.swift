/// A tensor and the name the model's graph gives it.
package struct NamedTensor: Sendable, Equatable {
  package let name: String
  package let tensor: Tensor<Float>

  package init(name: String, tensor: Tensor<Float>) {
    self.name = name
    self.tensor = tensor
  }
}

/// Every tensor that crosses the cut for one frame, in the fixed order of the cut.
package struct Frontier: Sendable, Equatable {
  package let tensors: [NamedTensor]

  package init(tensors: [NamedTensor]) { self.tensors = tensors }

  /// Float32 bytes of all tensors.
  package var rawBytes: Int { tensors.reduce(0) { $0 + $1.tensor.shape.count * 4 } }
}
