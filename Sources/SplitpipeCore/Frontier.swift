/// A tensor and the name the model's graph gives it.
public struct NamedTensor: Sendable, Equatable {
  /// What the graph calls it.
  public let name: String
  /// Its values.
  public let tensor: Tensor<Float>

  /// Names a tensor.
  public init(name: String, tensor: Tensor<Float>) {
    self.name = name
    self.tensor = tensor
  }
}

/// Every tensor that crosses the cut for one frame, in the fixed order of the cut.
public struct Frontier: Sendable, Equatable {
  /// The tensors in the order of the cut.
  public let tensors: [NamedTensor]

  /// Joins the tensors of one frame, given in the order of the cut.
  public init(tensors: [NamedTensor]) { self.tensors = tensors }

  /// Float32 bytes of all tensors.
  public var rawBytes: Int { tensors.reduce(0) { $0 + $1.tensor.shape.count * 4 } }
}
