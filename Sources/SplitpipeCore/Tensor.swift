/// Elements in contiguous row-major order together with their shape.
public struct Tensor<Element: Sendable>: Sendable {
  /// The extent along each dimension.
  public let shape: Shape
  /// The elements, the innermost dimension running fastest.
  public let values: [Element]

  /// Joins elements and their shape.
  ///
  /// - Precondition: `values` holds exactly `shape.count` elements.
  public init(shape: Shape, values: [Element]) {
    precondition(
      values.count == shape.count,
      "a \(shape) tensor needs \(shape.count) values, got \(values.count)")
    self.shape = shape
    self.values = values
  }
}

extension Tensor: Equatable where Element: Equatable {}
